/* SPDX-License-Identifier: MIT
 *
 * What do N counting threads give when nothing locks them?
 *
 * The same tasks as in 03_cpu_serial, but all are started before the first is
 * joined, and there is no interpreter lock in C.
 *
 * Predict: one task takes about a second. How long do two take at once? And
 * three, on a machine with two processors? What does CPU/wall say in each case?
 *
 * The blog post has no figure for this, as Python's threads cannot do it.
 */
#include "common/lab/report.h"
#include "common/run/count.h"

static const struct lab lab = {
    .name = "04_cpu_threads",
    .question = "What do N threads give when nothing locks them?",
    .options = OPTIONS_TASKS | OPTIONS_CPU,
};

static void count(struct task *task)
{
    at_once_enter(&task->run->at_once);
    task->result = count_plain(task->todo, &task->done);
    at_once_leave(&task->run->at_once);
}

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    uint64_t additions = lab_additions(&options, NULL);

    struct run threads;
    run_init(&threads, "threads", options.tasks, additions);
    run_begin(&threads);
    /* Started tasks wait at a gate until main calls the first join: all begin
     * together. */
    for (size_t i = 0; i < threads.tasks; i++)
        task_start(&threads.task[i], count);
    for (size_t i = 0; i < threads.tasks; i++)
        task_join(&threads.task[i]);
    run_end(&threads);

    run_check(&threads, count_sum(additions));
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&threads}});
}
