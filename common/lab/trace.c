/* SPDX-License-Identifier: MIT */
#include "common/lab/trace.h"

#include <inttypes.h>
#include <jansson.h>
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

/* Whole microseconds, and no slice that is none long: where a begin and a
 * duration add up to a bit more than the next begin, or two begin together,
 * viewers draw one inside the other. Returns how many were too short. */
static uint64_t write_lane(FILE *file, const struct lane *lane, int run,
                           int task, int64_t zero_ns)
{
    uint64_t too_short = 0;
    for (size_t i = 0; i < lane->slices; i++) {
        const struct slice *slice = &lane->slice[i];
        json_int_t begin_us = (slice->begin_ns - zero_ns) / 1000;
        json_int_t end_us = (slice->end_ns - zero_ns) / 1000;
        if (begin_us == end_us) {
            too_short++;
            continue;
        }
        write_event(file,
                    json_pack("{s:s, s:s, s:I, s:I, s:i, s:i}", "name",
                              names[slice->state], "ph", "X", "ts", begin_us,
                              "dur", end_us - begin_us, "pid", run, "tid",
                              task),
                    false);
    }
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
    for (size_t i = 0; i < run->tasks; i++) {
        int task = (int)run->task[i].number;
        snprintf(name, sizeof name, "task %d", task);
        write_event(file,
                    json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "name",
                              "thread_name", "ph", "M", "pid", number, "tid",
                              task, "args", "name", name),
                    false);
        too_short +=
            write_lane(file, &run->task[i].lane, number, task, zero_ns);
    }
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
