/* SPDX-License-Identifier: MIT
 *
 * How long do N downloads take one after the other?
 *
 * Predict: one download takes about a second here. How long do two take, one
 * after the other? For how much of that time does a processor work?
 *
 * The blog post measured 48.09 s for one download of 100 MB.
 */
#include "common/lab/report.h"
#include "common/net/download.h"

static const struct document_row document[] = {{"document", 48.09, 0}, {0}};

static const struct lab lab = {
    .name = "01_io_serial",
    .question = "How long do N downloads take one after the other?",
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
    mirror_open(&mirror, &options, 1);

    struct run serial;
    run_init(&serial, "serial", options.tasks, mirror.bytes);
    run_begin(&serial);
    for (size_t i = 0; i < serial.tasks; i++) {
        serial.task[i].with = &mirror;
        task_start(&serial.task[i], download_one);
        task_join(&serial.task[i]); /* before the next one starts */
    }
    run_end(&serial);

    mirror_close(&mirror, &serial);
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .source = mirror_source(&mirror),
                                          .run = {&serial}});
}
