/* SPDX-License-Identifier: MIT
 *
 * What does one interpreter lock do to counting threads?
 *
 * The tasks of 04_cpu_threads again, but as in Python. A thread counts only
 * while it holds the one lock. After each addition it passes a checkpoint,
 * where the lock may go to another thread. Both launchers of the blog post run:
 * start all and then join all (threads); start and join, one by one (serial).
 *
 * Predict: how long does each of two tasks take under the lock, compared with
 * one alone? And both together? Which ends first? Then try --lock none, ticks.
 *
 * The blog post measured 14.67 s each, 14.69 s in all; one by one 7.09 s each.
 */
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/lab/timeline.h"
#include "common/run/count.h"

static const struct document_row document[] = {
    {"document", 14.669, 14.689}, {"one by one", 7.089, 14.177}, {0}};

static const struct lab lab = {
    .name = "05_gil_sim",
    .question = "What does one interpreter lock do to counting threads?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_LOCK | OPTIONS_ROUNDS,
    .document = document,
};

static struct gil gil; /* the one lock */
static struct options options;
static uint64_t additions;

static void count(struct task *task)
{
    struct gil_thread *me = &task->gil_thread;
    gil_take(me);
    task->result = count_with_checkpoints(task->todo, &task->done, me);
    gil_drop(me);
}

static void begin(struct run *run, const char *name)
{
    gil_init(&gil, &options.lock);
    run_init(run, name, options.tasks, additions);
    run_use_lock(run, &gil);
    run_begin(run);
}

static void end(struct run *run)
{
    run_end(run);
    run_check(run, count_sum(additions));
    gil_destroy(&gil);
}

static void threads(struct run *run)
{
    screen_line("threads: start all, then join all");
    begin(run, "threads");
    for (size_t i = 0; i < run->tasks; i++)
        task_start(&run->task[i], count);
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    end(run);
    timeline_print(run, 100);
}

static void serial(struct run *run)
{
    screen_line("\nserial: start and join, one by one");
    begin(run, "serial");
    for (size_t i = 0; i < run->tasks; i++) {
        task_start(&run->task[i], count);
        task_join(&run->task[i]);
    }
    end(run);
}

int main(int argc, char **argv)
{
    struct run run[2];
    options = lab_begin(&lab, argc, argv);
    additions = lab_additions(&options, &options.lock);
    rounds_run((round_maker *const[]){threads, serial}, 2, options.rounds, run);
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&run[0], &run[1]}});
}
