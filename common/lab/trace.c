/* SPDX-License-Identifier: MIT */
#include "common/lab/trace.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/file.h"

static const char *const names[] = {
    [LANE_RUNS] = "runs",
    [LANE_HOLDS] = "holds the lock",
    [LANE_WAITS] = "waits for the lock",
    [LANE_IO] = "waits for I/O",
    [LANE_SLEEPS] = "sleeps",
    [LANE_PYTHON] = "in CPython",
};

/* One event a line, after the first with a comma before it. */
static void write_event(FILE *file, json_t *event, bool first)
{
    if (!event)
        fail("out of memory for the trace");
    fputs(first ? "" : ",\n", file);
    json_dumpf(event, file, JSON_COMPACT);
    json_decref(event);
}

/* What tells the run from the others in the table, as a text. */
static void describe(const struct run *run, char *name, size_t size)
{
    snprintf(name, size, "%s%s%s", run->label ? run->label : run->name,
             run->lock ? ", lock " : "", run->lock ? run->lock : "");
    for (size_t i = 0; i < run->figures; i++) {
        const struct figure *figure = &run->figure[i];
        size_t used = strlen(name);
        if (figure->heading && figure->text)
            snprintf(name + used, size - used, ", %s %s", figure->heading,
                     figure->text);
    }
}

static int64_t first_ns(struct run *const *runs)
{
    int64_t first = runs[0]->began_ns;
    for (struct run *const *run = runs; *run; run++)
        if ((*run)->began_ns < first)
            first = (*run)->began_ns;
    return first;
}

/* Times are whole microseconds, and a slice of none is dropped: if begin plus
 * duration exceeds the next begin, or two slices begin together, viewers nest
 * one inside the other. Returns whether it was written. */
static bool write_slice(FILE *file, const struct slice *slice, const char *name,
                        int run, int task, int64_t zero_ns)
{
    json_int_t begin_us = (slice->begin_ns - zero_ns) / 1000;
    json_int_t end_us = (slice->end_ns - zero_ns) / 1000;
    if (begin_us == end_us)
        return false;
    write_event(file,
                json_pack("{s:s, s:s, s:I, s:I, s:i, s:i}", "name", name, "ph",
                          "X", "ts", begin_us, "dur", end_us - begin_us, "pid",
                          run, "tid", task),
                false);
    return true;
}

static void write_name(FILE *file, int run, int thread, const char *name)
{
    write_event(file,
                json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "name",
                          "thread_name", "ph", "M", "pid", run, "tid", thread,
                          "args", "name", name),
                false);
}

/* What is marked goes over several slices, so it has a lane of its own. */
static void write_marks(FILE *file, const struct task *task, int run,
                        int64_t zero_ns)
{
    const struct lane *lane = &task->lane;
    int thread = (int)(task->run->tasks + task->number);
    char name[200];
    if (!lane->marks)
        return;
    snprintf(name, sizeof name, "task %u, %s", task->number, lane->mark_name);
    write_name(file, run, thread, name);
    for (size_t i = 0; i < lane->marks; i++)
        write_slice(file, &lane->mark[i], lane->mark_name, run, thread,
                    zero_ns);
}

/* Returns how many slices were too short. */
static uint64_t write_task(FILE *file, const struct task *task, int run,
                           int64_t zero_ns)
{
    const struct lane *lane = &task->lane;
    int thread = (int)task->number;
    uint64_t too_short = 0;
    char name[200];
    snprintf(name, sizeof name, "task %d", thread);
    write_name(file, run, thread, name);
    for (size_t i = 0; i < lane->slices; i++)
        too_short +=
            !write_slice(file, &lane->slice[i], names[lane->slice[i].state],
                         run, thread, zero_ns);
    write_marks(file, task, run, zero_ns);
    return too_short;
}

static uint64_t write_run(FILE *file, const struct run *run, int number,
                          int64_t zero_ns)
{
    uint64_t too_short = 0;
    char name[200];
    describe(run, name, sizeof name);
    write_event(file,
                json_pack("{s:s, s:s, s:i, s:{s:s}}", "name", "process_name",
                          "ph", "M", "pid", number, "args", "name", name),
                number == 1);
    for (size_t i = 0; i < run->tasks; i++)
        too_short += write_task(file, &run->task[i], number, zero_ns);
    return too_short;
}

void trace_write(const char *path, struct run *const *runs)
{
    struct file_output output = file_create(path);
    FILE *file = output.file;
    uint64_t lost = 0;
    uint64_t too_short = 0;
    int number = 0;
    int64_t zero_ns = first_ns(runs);
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n", file);
    for (struct run *const *run = runs; *run; run++) {
        too_short += write_run(file, *run, ++number, zero_ns);
        for (size_t i = 0; i < (*run)->tasks; i++)
            lost += (*run)->task[i].lane.lost;
    }
    fprintf(file,
            "\n], \"otherData\": {\"slices_lost\": %" PRIu64
            ", \"slices_below_1_us\": %" PRIu64 "}}\n",
            lost, too_short);
    file_finish(&output);
    if (lost)
        complain("%s: %" PRIu64 " slices more than its buffers held are missing"
                 " at the end",
                 path, lost);
}
