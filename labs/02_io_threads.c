/* SPDX-License-Identifier: MIT
 *
 * Do N threads that wait for the network wait together?
 *
 * Predict: one download takes about a second. How long do two take at the same
 * time, each in a thread of its own? And a hundred (--tasks 100)? What if the
 * link to the server is as slow as one connection (--link 2079434)?
 *
 * The blog post measured 50.90 and 49.34 s for two at once, 50.89 s in all, and
 * 48.09 s for one alone.
 */
#include "common/lab/report.h"
#include "common/net/download.h"

static const struct document_row document[] = {{"document", 50.12, 50.89}, {0}};

static const struct lab lab = {
    .name = "02_io_threads",
    .question = "Do N threads waiting for the network wait together?",
    .options = OPTIONS_TASKS | OPTIONS_IO,
    .document = document,
};

static void download_one(struct task *task)
{
    at_once_enter(&task->run->at_once);
    download(task, task->with);
    at_once_leave(&task->run->at_once);
}

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    struct mirror mirror;
    mirror_open(&mirror, &options, options.tasks);

    struct run threads;
    run_init(&threads, "threads", options.tasks, mirror.bytes);
    run_begin(&threads);
    /* Started tasks wait at a gate until main calls the first join: all begin
     * together. */
    for (size_t i = 0; i < threads.tasks; i++) {
        threads.task[i].with = &mirror;
        task_start(&threads.task[i], download_one);
    }
    for (size_t i = 0; i < threads.tasks; i++)
        task_join(&threads.task[i]);
    run_end(&threads);

    mirror_close(&mirror, &threads);
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .source = mirror_source(&mirror),
                                          .run = {&threads}});
}
