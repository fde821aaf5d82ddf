/* SPDX-License-Identifier: MIT
 *
 * How long do N counting tasks take one after the other?
 *
 * Each task is a thread that adds up 0, 1, 2, ..., but the next thread is
 * started only when this one has been joined: start, join, start, join.
 *
 * Predict: one task takes about a second here. How long do two take? How many
 * processors are at work on average (CPU/wall)?
 *
 * The blog post measured 7.077 and 7.100 s, 14.177 s in all.
 */
#include "common/lab/report.h"
#include "common/run/count.h"

static const struct document_row document[] = {{"document", 7.089, 14.177},
                                               {0}};

static const struct lab lab = {
    .name = "03_cpu_serial",
    .question = "How long do N counting tasks take one after the other?",
    .options = OPTIONS_TASKS | OPTIONS_CPU,
    .document = document,
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

    struct run serial;
    run_init(&serial, "serial", options.tasks, additions);
    run_begin(&serial);
    for (size_t i = 0; i < serial.tasks; i++) {
        task_start(&serial.task[i], count);
        task_join(&serial.task[i]); /* before the next one starts */
    }
    run_end(&serial);

    run_check(&serial, count_sum(additions));
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&serial}});
}
