/* SPDX-License-Identifier: MIT
 *
 * What does one interpreter lock do to counting threads?
 *
 * The tasks of 04_cpu_threads again, but as in Python. A thread counts only
 * while it holds the one lock. After each addition it passes a checkpoint,
 * where the lock may go to another thread. Both launchers of the blog post run:
 * start all and then join all (threads); start and join, one by one (serial).
 *
 * Predict: one task takes about a second alone. How long does each of two take
 * under the lock? And both together? Which thread ends first, and by how much?
 * Then try --lock none, mutex and ticks.
 *
 * The blog post measured 14.670 and 14.667 s each, 14.689 s in all. One by one
 * it measured 7.077 and 7.100 s, 14.177 s in all.
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
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_LOCK,
    .document = document,
};

static void count(struct task *task)
{
    struct gil_thread *me = &task->python;
    gil_take(me);
    task->result = count_python(task->todo, &task->done, me);
    gil_drop(me);
}

static void start_all_then_join_all(struct run *run)
{
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++)
        task_start(&run->task[i], count);
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    run_end(run);
}

static void start_and_join_one_by_one(struct run *run)
{
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        task_start(&run->task[i], count);
        task_join(&run->task[i]);
    }
    run_end(run);
}

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    uint64_t additions = lab_additions(&options, &options.lock);
    struct gil gil;
    struct run threads, serial;

    screen_line("threads: start all, then join all");
    gil_init(&gil, &options.lock);
    run_init(&threads, "threads", options.tasks, additions);
    run_lock(&threads, &gil);
    start_all_then_join_all(&threads);
    gil_destroy(&gil);
    timeline_print(&threads, 100);

    screen_line("\nserial: start and join, one by one");
    gil_init(&gil, &options.lock);
    run_init(&serial, "serial", options.tasks, additions);
    run_lock(&serial, &gil);
    start_and_join_one_by_one(&serial);
    gil_destroy(&gil);

    run_check(&threads, count_sum(additions));
    run_check(&serial, count_sum(additions));
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&threads, &serial}});
}
