/* SPDX-License-Identifier: MIT
 *
 * The machine of a virtual lab, as the command line describes it.
 */
#ifndef VIRTUAL_LAB_SETTINGS_H
#define VIRTUAL_LAB_SETTINGS_H

#include <jansson.h>

#include "common/lab/command_line.h"
#include "common/lab/lab.h"
#include "common/run/tasks.h"
#include "common/virtual/events.h"
#include "common/virtual/machine.h"
#include "common/virtual_lab/puzzle.h"

/* One task does I/O: at the beginning of every period, for so long. */
struct settings_io {
    int64_t period_ns; /* 0: no task does I/O */
    int64_t length_ns;
};

struct settings {
    struct machine_config machine;
    struct settings_io io;
    bool events;    /* list what happens */
    bool calibrate; /* the machine is like this one */
    struct gil_config real_lock;
    struct puzzle_options puzzle;
};

/* Read the command line: what all labs have, --processors, --wake, --slice,
 * --seed, --io, --events and --calibrate. The lock of the options is virtual.
 * --document brings the post's machine with it. */
struct options settings_begin(struct settings *settings, const struct lab *lab,
                              int argc, char **argv);

/* How many additions a task makes: what --count says, or as many as take
 * --seconds on this machine, alone under the lock. More than the machine's
 * limit is an error. */
uint64_t settings_additions(const struct settings *settings,
                            const struct options *options);

/* A line: "  5.050 ms  task 2  asks for the lock  gil/interval.c:45". Returns
 * `text`. */
char *settings_event(const struct event *event, char *text, size_t bytes);

/* A line for each event. */
void settings_show_events(const struct events *events);

/* For report.extend: the fields "machine" and, if there are any, "events". */
struct settings_shown {
    const struct settings *settings;
    const struct events *events;
};
void settings_json(json_t *json, const void *shown);

#endif
