/* SPDX-License-Identifier: MIT
 *
 * What do N counting threads give when nothing locks them?
 *
 * The same tasks as in 03_cpu_serial, but all are started before the first is
 * joined, and there is no interpreter lock in C.
 *
 * Predict: one task takes about a second. Two at once? Three, on a machine
 * with two processors? What does CPU/wall say in each case?
 *
 * The document has no figure for this: it is what Python's threads cannot do.
 */
#include "common/lab/report.h"
#include "common/run/work.h"

static const struct lab lab = {
    .name = "04_cpu_threads",
    .question = "What do N threads give when nothing locks them?",
    .options = OPTIONS_TASKS | OPTIONS_CPU,
};

static void count(struct task *task)
{
    at_once_enter(&task->run->at_once);
    task->result = work_count(task->todo, &task->done);
    at_once_leave(&task->run->at_once);
}

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    uint64_t turns = work_turns(&options, NULL);

    struct run threads;
    run_init(&threads, "threads", &options, turns);
    run_begin(&threads);
    for (size_t i = 0; i < threads.tasks; i++)
        task_start(&threads.task[i], count);
    for (size_t i = 0; i < threads.tasks; i++)
        task_join(&threads.task[i]); /* all have started: wait for all */
    run_end(&threads);

    run_check(&threads, work_sum(turns));
    return report_finish(&(struct report){
        .lab = &lab, .options = &options, .count = turns, .run = {&threads}});
}
