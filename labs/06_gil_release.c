/* SPDX-License-Identifier: MIT
 *
 * What if the C code under Python releases the lock?
 *
 * A task alternates Python code, which counts under the lock, and calls into
 * native code, which counts in C and touches no Python object. First the native
 * code is called under the lock (held). Then the lock is dropped around each
 * call (released).
 *
 * Predict: all of the work is native. How long do two tasks take held? And
 * released? Then --native 90, 50 and 0: what can two processors still give?
 *
 * Amdahl's law says 1 / (1 - P + P / N) for N processors and a native part P,
 * as long as native code never overlaps Python code. That is the case here. A
 * piece of Python code lasts many switch intervals, so the tasks alternate and
 * finish their Python pieces together. After that all are in native code.
 * With --native 50 --calls 1000 a piece is shorter than an interval. Then the
 * Python code of one task overlaps the native code of another, and the tasks
 * are faster than the law says.
 *
 * The blog post has no figure, only "the TF code will release the GIL".
 */
#include "common/base/portable.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/lab/timeline.h"
#include "common/run/count.h"

static const struct lab lab = {
    .name = "06_gil_release",
    .question = "What if the C code under Python releases the lock?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_LOCK | OPTIONS_ROUNDS,
};

static uint64_t percent = 100; /* of the work is native */
static uint64_t calls = 4;     /* into native code, by each task */

static struct option_row rows[] = {
    {.name = "native",
     .value = "P",
     .help = "percent of the work that is native (default 100)",
     .kind = OPTION_WHOLE,
     .into = &percent,
     .high = 100},
    {.name = "calls",
     .value = "N",
     .help = "native calls that a task makes (default 4)",
     .kind = OPTION_WHOLE,
     .into = &calls,
     .low = 1,
     .high = 1000000},
};

typedef uint64_t native_call(struct task *task, uint64_t from, uint64_t to);

static uint64_t native_code(struct task *task, uint64_t from, uint64_t to)
{
    at_once_enter(&task->run->at_once);
    uint64_t sum = count_plain_range(from, to, &task->done);
    at_once_leave(&task->run->at_once);
    return sum;
}

static uint64_t call_held(struct task *task, uint64_t from, uint64_t to)
{
    uint64_t sum = native_code(task, from, to);
    gil_checkpoint(&task->gil_thread); /* Python passes one after each call */
    return sum;
}

static uint64_t call_released(struct task *task, uint64_t from, uint64_t to)
{
    gil_begin_allow_threads(&task->gil_thread);
    uint64_t sum = native_code(task, from, to);
    gil_end_allow_threads(&task->gil_thread, LANE_RUNS);
    return sum;
}

/* One piece for each call: first the Python part of it, then the native one. */
static void count(struct task *task, native_call *call)
{
    uint64_t from = 0;
    gil_take(&task->gil_thread);
    for (uint64_t left = calls; left > 0; left--) {
        uint64_t to = from + (task->todo - from) / left;
        uint64_t middle = to - (to - from) / 100 * percent -
                          (to - from) % 100 * percent / 100;
        task->result += count_range_with_checkpoints(from, middle, &task->done,
                                                     &task->gil_thread);
        if (middle < to)
            task->result += call(task, middle, to);
        from = to;
    }
    gil_drop(&task->gil_thread);
}

static void count_held(struct task *task)
{
    count(task, call_held);
}

static void count_released(struct task *task)
{
    count(task, call_released);
}

static struct options options;
static uint64_t additions;

static void measure(struct run *run, const char *name,
                    void (*body)(struct task *task))
{
    struct gil gil;
    gil_init(&gil, &options.lock);
    run_init(run, name, options.tasks, additions);
    run_use_lock(run, &gil);
    run_begin(run);
    run_all(run, body, NULL);
    run_end(run);
    run_check(run, count_sum(additions));
    run_figure(run, "native_percent", NULL, 0, (double)percent);
    run_figure(run, "calls", NULL, 0, (double)calls);
    run_figure(run, "holders_at_once", NULL, 0, at_once_most(&gil.holders));
    timeline_print(run, (unsigned)(run->time.wall_s * 1000) + 1);
    gil_destroy(&gil);
}

static void held(struct run *run)
{
    screen_line("held: native code is called under the lock");
    measure(run, "held", count_held);
}

static void released(struct run *run)
{
    screen_line("\nreleased: the lock is dropped around each call");
    measure(run, "released", count_released);
}

/* Of a task that is released, over one that is held. Fewer than one processor
 * are shared by both runs alike: the law speaks of at least one. */
static double amdahl(double native, uint64_t tasks)
{
    double n = processors() < (double)tasks ? processors() : (double)tasks;
    return n > 1 ? 1 / (1 - native + native / n) : 1;
}

static void compare(const struct run *held, struct run *released, double law)
{
    struct spread speedup = rounds_ratio(held, released).total;
    run_figure(released, "speedup", "speed-up", 2, speedup.median);
    run_figure(released, "speedup_predicted", NULL, 2, law);
    screen_line("\nspeed-up %.2f (%.2f-%.2f); by Amdahl's law %.2f",
                speedup.median, speedup.least, speedup.most, law);
}

int main(int argc, char **argv)
{
    struct run run[2];
    options = lab_begin_with(&lab, rows, 2, argc, argv);
    double native = (double)percent / 100;
    additions = lab_additions_mixed(&options, &options.lock, native);
    rounds_run((round_maker *const[]){held, released}, 2, options.rounds, run);
    bool locks = options.lock.policy->excludes; /* else nothing is released */
    compare(&run[0], &run[1], amdahl(locks ? native : 0, options.tasks));
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&run[0], &run[1]},
                                          .over = &run[0],
                                          .under = &run[1]});
}
