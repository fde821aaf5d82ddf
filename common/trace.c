/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

#include "fail.h"
#include "file.h"

static const char *const names[] = {
    [LANE_RUNS] = "runs",
    [LANE_HOLDS] = "holds the lock",
    [LANE_WAITS] = "waits for the lock",
    [LANE_IO] = "waits for I/O",
};

/* One event a line, after the first with a comma before it. */
static void write_event(FILE *file, json_t *event, bool first)
{
    if (!event)
        fail("out of memory for the trace");
    fputs(first ? "" : ",\n", file);
    json_dumpf(event, file, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(event);
}

static void write_lane(FILE *file, const struct lane *lane, int run, int task,
                       int64_t zero_ns)
{
    for (size_t i = 0; i < lane->slices; i++) {
        const struct slice *slice = &lane->slice[i];
        write_event(file,
                    json_pack("{s:s, s:s, s:f, s:f, s:i, s:i}", "name",
                              names[slice->state], "ph", "X", "ts",
                              (double)(slice->begin_ns - zero_ns) / 1e3, "dur",
                              (double)(slice->end_ns - slice->begin_ns) / 1e3,
                              "pid", run, "tid", task),
                    false);
    }
}

static void write_run(FILE *file, const struct run *run, int number,
                      int64_t zero_ns)
{
    char name[64];
    snprintf(name, sizeof name, "%s%s%s", run->name, run->lock ? ", lock " : "",
             run->lock ? run->lock : "");
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
        write_lane(file, &run->task[i].lane, number, task, zero_ns);
    }
}

void trace_write(const char *path, struct run *const *runs)
{
    FILE *file = file_create(path);
    uint64_t lost = 0;
    int number = 0;
    fputs("{\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n", file);
    for (struct run *const *run = runs; *run; run++) {
        write_run(file, *run, ++number, runs[0]->began_ns);
        for (size_t i = 0; i < (*run)->tasks; i++)
            lost += (*run)->task[i].lane.lost;
    }
    fprintf(file, "\n], \"otherData\": {\"slices_lost\": %" PRIu64 "}}\n",
            lost);
    file_finish(file, path);
    if (lost)
        complain("%s: %" PRIu64 " slices more than its buffers held are missing"
                 " at the end",
                 path, lost);
}
