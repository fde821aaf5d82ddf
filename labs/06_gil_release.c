/* SPDX-License-Identifier: MIT
 *
 * What if the C code under Python lets go of the lock?
 *
 * A task alternates Python code, which counts under the lock, and calls into
 * native code, which counts in C and touches no Python object. The calls are
 * made under the lock (held), and with the lock dropped around each (released).
 *
 * Predict: all of the work is native. How long do two tasks take held? And
 * released? Then --native 90, 50 and 0: what can two processors still give?
 *
 * Amdahl's law says 1 / (1 - P + P / N) for N processors and a native part P,
 * if nothing runs beside Python code. So it is here: a piece of it lasts many
 * switch intervals, the tasks take turns, end theirs together, and then all are
 * in native code. With --native 50 --calls 1000 a piece is shorter than an
 * interval, one task's Python code runs beside another's native code, and the
 * law is beaten.
 *
 * The document has no figure, only "the TF code will release the GIL".
 */
#include "common/base/portable.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/lab/timeline.h"
#include "common/run/work.h"

static const struct lab lab = {
    .name = "06_gil_release",
    .question = "What if the C code under Python lets go of the lock?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_LOCK,
};

struct way {
    uint64_t percent; /* of the work is native */
    uint64_t calls;   /* into native code, by each task */
    uint64_t (*call)(struct task *task, uint64_t from, uint64_t to);
};

static uint64_t native_code(struct task *task, uint64_t from, uint64_t to)
{
    at_once_enter(&task->run->at_once);
    uint64_t sum = work_range(from, to, &task->done);
    at_once_leave(&task->run->at_once);
    return sum;
}

static uint64_t call_held(struct task *task, uint64_t from, uint64_t to)
{
    uint64_t sum = native_code(task, from, to);
    gil_checkpoint(&task->python); /* Python passes one after each call */
    return sum;
}

static uint64_t call_released(struct task *task, uint64_t from, uint64_t to)
{
    gil_begin_allow_threads(&task->python);
    uint64_t sum = native_code(task, from, to);
    gil_end_allow_threads(&task->python, LANE_RUNS);
    return sum;
}

static void count(struct task *task)
{
    const struct way *way = task->with;
    uint64_t from = 0;
    gil_take(&task->python);
    for (uint64_t left = way->calls; left > 0; left--) {
        uint64_t to = from + (task->todo - from) / left;
        uint64_t middle = to - (to - from) / 100 * way->percent -
                          (to - from) % 100 * way->percent / 100;
        task->result +=
            work_range_python(from, middle, &task->done, &task->python);
        if (middle < to)
            task->result += way->call(task, middle, to);
        from = to;
    }
    gil_drop(&task->python);
}

static void measure(struct run *run, const char *name, struct way way,
                    const struct options *options, uint64_t turns)
{
    struct gil gil;
    gil_init(&gil, &options->lock);
    run_init(run, name, options, turns);
    run_lock(run, &gil);
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = &way;
        task_start(&run->task[i], count);
    }
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    run_end(run);
    run_check(run, work_sum(turns));
    run_figure(run, "native_percent", NULL, 0, (double)way.percent);
    run_figure(run, "calls", NULL, 0, (double)way.calls);
    run_figure(run, "holders_at_once", NULL, 0, at_once_most(&gil.holders));
    timeline_print(run, (unsigned)(run->time.wall_s * 1000) + 1);
    gil_destroy(&gil);
}

static double amdahl(double native, uint64_t tasks)
{
    double n = processors() < (double)tasks ? processors() : (double)tasks;
    return 1 / (1 - native + native / n);
}

int main(int argc, char **argv)
{
    struct way way = {.percent = 100, .calls = 4, .call = call_held};
    struct option_row rows[] = {
        {"native", 0, "P", "percent of the work that is native (default 100)",
         OPTION_WHOLE, &way.percent, 0, 100, NULL, false},
        {"calls", 0, "N", "native calls that a task makes (default 4)",
         OPTION_WHOLE, &way.calls, 1, 1000000, NULL, false},
    };
    struct options options = lab_begin_with(&lab, rows, 2, argc, argv);
    double native = (double)way.percent / 100;
    uint64_t turns = work_turns_mixed(&options, &options.lock, native);
    if (options.lock.policy == &gil_none)
        native = 0; /* there is nothing to release */

    struct run held, released;
    screen_line("held: native code is called under the lock");
    measure(&held, "held", way, &options, turns);
    screen_line("\nreleased: the lock is dropped around each call");
    way.call = call_released;
    measure(&released, "released", way, &options, turns);

    double law = amdahl(native, options.tasks);
    double speedup = held.time.wall_s / released.time.wall_s;
    run_figure(&released, "speedup", "speed-up", 2, speedup);
    run_figure(&released, "speedup_predicted", NULL, 2, law);
    screen_line("\nspeed-up %.2f; by Amdahl's law %.2f", speedup, law);
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = turns,
                                          .run = {&held, &released}});
}
