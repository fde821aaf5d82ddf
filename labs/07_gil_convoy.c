/* SPDX-License-Identifier: MIT
 *
 * What happens to an I/O thread beside a CPU thread?
 *
 * One thread asks an echo process every 20 ms and waits for the answer; it
 * drops the lock around its I/O and takes it back after. Beside it 0, 1 or 2
 * threads count under the lock, and then for a while without the requests.
 *
 * Predict: an echo takes 0.3 ms. And beside one CPU thread, if who waits for
 * the lock asks for it after 5 ms? With --interval 500? With --lock ticks, the
 * lock of Python 2, or none? What does the CPU thread lose each time?
 *
 * The document: "high I/O and low CPU" is the best use of threads. In CPython
 * itself, us, p50 / p99:         2.7          3.11          3.13
 *     no CPU thread           141 / 233    131 / 253    135 / 388
 *     one CPU thread          161 / 585   5410 / 7628  5379 / 5702
 */
#include <string.h>

#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/lab/timeline.h"
#include "common/net/echo.h"
#include "common/run/background.h"
#include "common/run/latency.h"

enum {
    MOST = 2,         /* CPU threads */
    GAP_NS = 20000000 /* or three switch intervals */
};

static const struct lab lab = {
    .name = "07_gil_convoy",
    .question = "What happens to an I/O thread beside a CPU thread?",
    .options = OPTIONS_LOCK | OPTIONS_PREDICT,
};

/* What the threads of one run share. */
struct convoy {
    struct echo *echo;
    int64_t gap_ns;
    struct latency latency;
    struct background others;
};

static void python_sleep(struct gil_thread *me, int64_t ns)
{
    gil_begin_allow_threads(me);
    sleep_ns(ns);
    gil_end_allow_threads(me, LANE_IO);
}

static void make_requests(struct task *task, struct convoy *convoy)
{
    for (; task->done < task->todo && !task->error[0]; task->done++) {
        python_sleep(&task->python, convoy->gap_ns);
        int64_t began_ns = wall_ns();
        gil_begin_allow_threads(&task->python);
        int error = echo_round_trip(convoy->echo);
        gil_end_allow_threads(&task->python, LANE_IO);
        latency_add(&convoy->latency, began_ns);
        if (error)
            task_fail(task, "no answer from the echo: %s", strerror(error));
    }
}

static void io_thread(struct task *task)
{
    struct convoy *convoy = task->with;
    gil_take(&task->python);
    background_lap(&convoy->others);
    make_requests(task, convoy);
    convoy->others.beside = background_lap(&convoy->others);
    if (task->run->tasks > 1)
        python_sleep(&task->python, (int64_t)task->done * convoy->gap_ns / 4);
    convoy->others.alone = background_lap(&convoy->others);
    convoy->others.stop = true;
    gil_drop(&task->python);
}

static void cpu_thread(struct task *task)
{
    gil_take(&task->python);
    background_count(&((struct convoy *)task->with)->others, task);
    gil_drop(&task->python);
}

static void measure(struct run *run, struct convoy convoy, uint64_t requests,
                    const struct options *options)
{
    struct gil gil;
    gil_init(&gil, &options->lock);
    latency_init(&convoy.latency, requests);
    run_init(run, "threads", options, requests);
    run_lock(run, &gil);
    screen_line("%sCPU threads beside the I/O thread: %zu",
                run->tasks > 1 ? "\n" : "", run->tasks - 1);
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = &convoy;
        task_start(&run->task[i], i == 0 ? io_thread : cpu_thread);
    }
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    static const char *const beside[MOST + 1] = {"0", "1", "2"};
    run_figure(run, "cpu_threads", NULL, 0, (double)run->tasks - 1);
    run_text(run, NULL, "beside", beside[run->tasks - 1]);
    latency_figures(&convoy.latency, run);
    run_end(run);
    background_figures(&convoy.others, run);
    timeline_print(run, (unsigned)(convoy.gap_ns / 250000));
    latency_free(&convoy.latency);
    gil_destroy(&gil);
}

int main(int argc, char **argv)
{
    uint64_t requests = 0;
    struct option_row rows[] = {
        {"requests", 0, "N", "round trips a run (default: as fit in 2 s)",
         OPTION_WHOLE, &requests, 1, 1000000, NULL, false},
    };
    struct options options = lab_begin_with(&lab, rows, 1, argc, argv);
    int64_t interval_ns = options.lock.interval_us * 1000;
    int64_t gap_ns = interval_ns * 3 > GAP_NS ? interval_ns * 3 : GAP_NS;
    if (!requests)
        requests = 1 + 2000000000 / (uint64_t)(gap_ns + 2 * interval_ns);
    struct run run[MOST + 1];
    struct report report = {.lab = &lab, .options = &options};
    struct echo echo;
    struct convoy convoy = {.echo = &echo, .gap_ns = gap_ns};
    echo_start(&echo);
    for (size_t i = 0; i <= MOST && (i == 0 || !run[i - 1].failed); i++) {
        options.tasks = i + 1;
        measure(&run[i], convoy, requests, &options);
        report.run[i] = &run[i];
    }
    echo_stop(&echo);
    return report_finish(&report);
}
