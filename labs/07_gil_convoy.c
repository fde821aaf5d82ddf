/* SPDX-License-Identifier: MIT
 *
 * What happens to an I/O thread while a CPU thread runs?
 *
 * One thread asks an echo process every 20 ms and waits for the answer. It
 * drops the lock around its I/O and takes it back after. Meanwhile 0, 1 or 2
 * threads count under the lock. They go on for a while without the requests.
 *
 * Predict: an echo takes 0.3 ms. How long does it take next to one CPU thread,
 * when a thread that waits for the lock asks for it only after 5 ms? And with
 * --interval 500? With --lock ticks, the lock of Python 2, or none? How much
 * does each request slow the CPU thread down?
 *
 * The blog post says that "high I/O and low CPU" is the best use of threads. In
 * CPython itself an echo took, in microseconds, p50 / p99:
 *                                2.7          3.11          3.13
 *     no CPU thread           141 / 233    131 / 253    135 / 388
 *     one CPU thread          161 / 585   5410 / 7628  5379 / 5702
 */
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/statistics.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/lab/timeline.h"
#include "common/net/echo.h"
#include "common/run/cpu_load.h"

enum {
    MOST = 2,         /* CPU threads */
    GAP_NS = 20000000 /* or three switch intervals */
};

static const struct lab lab = {
    .name = "07_gil_convoy",
    .question = "What happens to an I/O thread while a CPU thread runs?",
    .options = OPTIONS_LOCK | OPTIONS_PREDICT,
};

static uint64_t requests; /* round trips a run; 0: as many as fit in 2 s */

static struct option_row rows[] = {
    {.name = "requests",
     .value = "N",
     .help = "round trips a run (default: as fit in 2 s)",
     .kind = OPTION_WHOLE,
     .into = &requests,
     .low = 1,
     .high = 1000000},
};

/* What the threads of one run share. */
struct convoy {
    struct echo *echo;
    int64_t gap_ns;        /* from one request to the next */
    double *round_trip_us; /* of each that was answered */
    size_t answered;
    struct cpu_load others;
    double beside_per_s; /* their additions, with requests and without */
    double alone_per_s;
};

static void python_sleep(struct gil_thread *me, int64_t ns)
{
    gil_begin_allow_threads(me);
    sleep_ns(ns);
    gil_end_allow_threads(me, LANE_SLEEPS);
}

/* What counts is when the thread can go on: after it has the lock again. */
static void make_request(struct task *task, struct convoy *convoy)
{
    int64_t began_ns = wall_ns();
    gil_begin_allow_threads(&task->gil_thread);
    int error = echo_round_trip(convoy->echo);
    gil_end_allow_threads(&task->gil_thread, LANE_IO);
    int64_t ended_ns = wall_ns();
    if (error) {
        task_fail(task, "no answer from the echo: %s", strerror(error));
        return;
    }
    convoy->round_trip_us[convoy->answered++] =
        (double)(ended_ns - began_ns) / 1e3;
    lane_mark(&task->lane, began_ns, ended_ns);
}

static void io_thread(struct task *task, struct convoy *convoy)
{
    cpu_load_lap(&convoy->others);
    for (; task->done < task->todo && !task->error[0]; task->done++) {
        python_sleep(&task->gil_thread, convoy->gap_ns);
        make_request(task, convoy);
    }
    convoy->beside_per_s = cpu_load_lap(&convoy->others);
    if (task->run->tasks > 1)
        python_sleep(&task->gil_thread,
                     (int64_t)task->done * convoy->gap_ns / 4);
    convoy->alone_per_s = cpu_load_lap(&convoy->others);
    convoy->others.stop = true;
}

/* The first thread does I/O, all others count. */
static void io_or_cpu_thread(struct task *task)
{
    struct convoy *convoy = task->with;
    gil_take(&task->gil_thread);
    if (task->number == 1)
        io_thread(task, convoy);
    else
        cpu_load_count(&convoy->others, task);
    gil_drop(&task->gil_thread);
}

static void round_trip_figures(struct convoy *convoy, struct run *run)
{
    double *us = convoy->round_trip_us;
    size_t n = convoy->answered;
    run_figure(run, "round_trips", NULL, 0, (double)n);
    if (n == 0)
        return;
    run_figure(run, "p50_us", "p50 us", 1, median(us, n));
    run_figure(run, "p99_us", "p99 us", 1, percentile(us, n, 99));
}

/* How much slower the CPU threads are with the requests than without. */
static void cpu_figures(const struct convoy *convoy, struct run *run)
{
    double beside = convoy->beside_per_s, alone = convoy->alone_per_s;
    if (beside <= 0 || alone <= 0)
        return;
    run_figure(run, "turns_per_s", NULL, 0, beside);
    run_figure(run, "lost_percent", NULL, 2, 100 - 100 * beside / alone);
    screen_line("CPU threads: %.1f million additions a second, without "
                "requests %.1f",
                beside / 1e6, alone / 1e6);
}

static void measure(struct run *run, struct convoy convoy, size_t cpu_threads,
                    const struct gil_config *lock)
{
    static const char *const count[MOST + 1] = {"0", "1", "2"};
    struct gil gil;
    gil_init(&gil, lock);
    convoy.round_trip_us = allocate(requests, sizeof *convoy.round_trip_us);
    run_init(run, "threads", cpu_threads + 1, requests);
    run_use_lock(run, &gil);
    lane_allow_marks(&run->task[0].lane, "answered", requests);
    screen_line("%sCPU threads beside the I/O thread: %s",
                cpu_threads ? "\n" : "", count[cpu_threads]);
    run_begin(run);
    run_all(run, io_or_cpu_thread, &convoy);
    run_figure(run, "cpu_threads", NULL, 0, (double)cpu_threads);
    run_text(run, NULL, "beside", count[cpu_threads]);
    round_trip_figures(&convoy, run);
    run_end(run);
    cpu_figures(&convoy, run);
    timeline_print(run, (unsigned)(convoy.gap_ns / 250000));
    free(convoy.round_trip_us);
    gil_destroy(&gil);
}

int main(int argc, char **argv)
{
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
    bool failed = false;
    for (size_t i = 0; i <= MOST && !failed; i++) {
        measure(&run[i], convoy, i, &options.lock);
        report.run[i] = &run[i];
        failed = run[i].failed;
    }
    echo_stop(&echo);
    options.tasks = run[0].tasks + MOST;
    return report_finish(&report);
}
