/* SPDX-License-Identifier: MIT
 *
 * Who holds the lock when, on a machine whose clock we turn?
 *
 * The tasks of 05_gil_sim once more, under the same lock: common/gil is
 * compiled a second time, unchanged. But the threads, and the machine that they
 * run on, are the program's own (common/virtual/machine.h). An addition, a
 * system call and a wake-up take the time that we say, and no real clock is
 * read. So the figures are the same on every computer, to the last digit, and
 * each event has its time and its line.
 *
 * Predict: two tasks of a second share the lock, and a wake-up takes 50 us. How
 * often does the lock change hands in a second? What do both lose? And if a
 * wake-up takes 500 us? Or the switch interval is 1 ms? Then see what --lock
 * ticks does on two processors, and on one.
 *
 * The blog post measured 14.670 and 14.667 s each, 14.689 s in all. One by one
 * it measured 7.077 and 7.100 s, 14.177 s in all. --document takes the mean of
 * these two for a task alone and 175 us for a wake-up.
 */
#include "common/virtual/names.h" /* from here on all threads are virtual */

#include "common/base/statistics.h"
#include "common/lab/report.h"
#include "common/lab/timeline.h"
#include "common/run/count.h"
#include "common/virtual/additions.h"
#include "common/virtual_lab/lock_puzzles.h"
#include "common/virtual_lab/real.h"
#include "common/virtual_lab/scene.h"
#include "common/virtual_lab/settings.h"

static const struct document_row document[] = {
    {"document", 14.669, 14.689}, {"one by one", 7.089, 14.177}, {0}};

static const struct lab lab = {
    .name = "13_gil_virtual",
    .question = "Who holds the lock when, on a machine whose clock we turn?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_LOCK,
    .document = document,
};

enum {
    MOST_IOS = 1000000
};

static struct options options;
static struct settings settings;
static uint64_t additions;

static struct gil gil; /* the one lock */
static struct events events;
static size_t counting;          /* tasks that still count */
static double wait_us[MOST_IOS]; /* for the lock, after each I/O of task 1 */
static size_t ios;

static void count(struct task *task)
{
    struct gil_thread *me = &task->gil_thread;
    gil_take(me);
    task->result = additions_python(0, task->todo, me);
    counting--;
    gil_drop(me);
}

/* Sleep, or do I/O, without the lock. Returns how long it waits for the lock
 * then. */
static int64_t released(struct gil_thread *me, int64_t ns,
                        enum lane_state spent)
{
    gil_begin_allow_threads(me);
    sleep_ns(ns);
    int64_t ended_ns = wall_ns();
    gil_end_allow_threads(me, spent);
    return events.taken_ns > ended_ns ? events.taken_ns - ended_ns : 0;
}

/* As long as others count; alone for as long as it would count; but once. */
static void do_io(struct task *task)
{
    struct settings_io io = settings.io;
    size_t alone = (size_t)(options.seconds * 1e9 / (double)io.period_ns);
    size_t least = options.tasks > 1 || alone == 0 ? 1 : alone;
    gil_take(&task->gil_thread);
    for (ios = 0; ios < MOST_IOS && (counting > 0 || ios < least); ios++) {
        released(&task->gil_thread, io.period_ns - io.length_ns, LANE_SLEEPS);
        wait_us[ios] =
            (double)released(&task->gil_thread, io.length_ns, LANE_IO) / 1e3;
    }
    gil_drop(&task->gil_thread);
}

static void count_or_do_io(struct task *task)
{
    if (settings.io.period_ns && task->number == 1)
        do_io(task);
    else
        count(task);
}

static void *start_all_then_join_all(void *with)
{
    struct run *run = with;
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++)
        task_start(&run->task[i], count_or_do_io);
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    run_end(run);
    return NULL;
}

static void *start_and_join_one_by_one(void *with)
{
    struct run *run = with;
    run_begin(run);
    run_one_by_one(run, count, NULL);
    run_end(run);
    return NULL;
}

/* Turn the clock from 0 until the launcher has returned. */
static void make(struct run *run, const char *name, void *(*launcher)(void *),
                 bool watched)
{
    struct machine *machine = machine_new(&settings.machine);
    gil_init(&gil, &options.lock);
    run_init(run, name, options.tasks, additions);
    run_use_lock(run, &gil);
    if (watched)
        machine_watch(machine, events_note, &events);
    machine_run(machine, launcher, run);
    machine_free(machine);
    gil_destroy(&gil);
}

static void io_figures(struct run *run)
{
    run_figure(run, "ios", NULL, 0, (double)ios);
    run_figure(run, "wait_p50_us", "wait p50 us", 1, median(wait_us, ios));
    run_figure(run, "wait_p99_us", NULL, 1, percentile(wait_us, ios, 99));
}

static void threads(struct run *run)
{
    bool does_io = settings.io.period_ns > 0;
    events_free(&events);
    events = (struct events){.gil = &gil, .only_takes = !settings.events};
    counting = (size_t)options.tasks - does_io;
    additions = settings_additions(&settings, &options);
    make(run, "threads", start_all_then_join_all, settings.events || does_io);
    if (does_io)
        io_figures(run);
    else
        run_check(run, count_sum(additions));
}

static void serial(struct run *run)
{
    make(run, "serial", start_and_join_one_by_one, false);
    run_check(run, count_sum(additions));
}

static struct stage stage = {.options = &options,
                             .settings = &settings,
                             .events = &events,
                             .play = threads};

int main(int argc, char **argv)
{
    struct run run[4]; /* two virtual, two real */
    struct settings_shown shown = {&settings, &events};
    struct report report = {.lab = &lab,
                            .options = &options,
                            .run = {&run[0]},
                            .extend = settings_json,
                            .with = &shown};
    options = settings_begin(&settings, &lab, argc, argv);
    if (settings.puzzle.asked)
        return lock_puzzles_play(&stage);
    if (settings.calibrate)
        options.count =
            real_run(&run[2], &settings.machine, &settings.real_lock, &options);
    threads(&run[0]);
    if (!settings.io.period_ns)
        serial(report.run[1] = &run[1]);
    timeline_print(&run[0], 100);
    settings_show_events(&events);
    if (settings.calibrate) {
        real_compare(&run[0], &run[2]);
        report.run[2] = &run[2];
        report.run[3] = &run[3];
    } else {
        report.virtual_processors = settings.machine.processors;
    }
    report.count = additions;
    return report_finish(&report);
}
