/* SPDX-License-Identifier: MIT */
#include "common/virtual/names.h" /* gil_policies are the virtual ones */

#include "common/virtual_lab/settings.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/lab/screen.h"
#include "common/virtual/additions.h"

/* The blog post's machine: a task alone took 7.0885 s on average, and each
 * hand-off lost some 0.175 ms. */
enum {
    DOCUMENT_ADDITION_PS = 70885,
    DOCUMENT_WAKE_US = 175,
    DOCUMENT_COUNT = 100000000
};

/* What the command line says. */
static struct {
    uint64_t processors, wake_us, slice_ms, seed;
    const char *io;
    bool events;
    bool calibrate;
} said = {.processors = 2, .wake_us = 50, .slice_ms = 3, .seed = 1};

enum {
    WAKE = 1, /* its row */
    OWN_ROWS = 7
};

static struct option_row rows[OWN_ROWS + PUZZLE_ROWS] = {
    {.name = "processors",
     .value = "N",
     .help = "of the virtual machine (default 2)",
     .kind = OPTION_WHOLE,
     .into = &said.processors,
     .low = 1,
     .high = 64},
    {.name = "wake",
     .value = "US",
     .help = "how long a wake-up takes (default 50)",
     .kind = OPTION_WHOLE,
     .into = &said.wake_us,
     .low = 0,
     .high = 1000000},
    {.name = "slice",
     .value = "MS",
     .help = "a processor's time slice (default 3)",
     .kind = OPTION_WHOLE,
     .into = &said.slice_ms,
     .low = 1,
     .high = 1000},
    {.name = "seed",
     .value = "N",
     .help = "varies the wake-ups; 0: not at all (default 1)",
     .kind = OPTION_WHOLE,
     .into = &said.seed,
     .low = 0,
     .high = UINT32_MAX},
    {.name = "io",
     .value = "P:L",
     .help = "task 1 does I/O: every P ms, for L ms",
     .kind = OPTION_TEXT,
     .into = &said.io},
    {.name = "events",
     .help = "list what happens, with its time and its line",
     .kind = OPTION_FLAG,
     .into = &said.events},
    {.name = "calibrate",
     .help = "describe this machine, and compare the two",
     .kind = OPTION_FLAG,
     .into = &said.calibrate},
};

/* Milliseconds, 20 or 0.5, up to a minute, as nanoseconds. */
static bool milliseconds(const char *text, int64_t *ns)
{
    double ms;
    if (!number_seconds(text, &ms) || ms < 0.001 || ms > 60000)
        return false;
    *ns = (int64_t)(ms * 1e6 + 0.5);
    return true;
}

static struct settings_io read_io(const char *text)
{
    struct settings_io read = {0};
    char period[32];
    const char *colon = strchr(text, ':');
    size_t length = colon ? (size_t)(colon - text) : 0;
    if (length > 0 && length < sizeof period) {
        memcpy(period, text, length);
        period[length] = '\0';
        if (milliseconds(period, &read.period_ns) &&
            milliseconds(colon + 1, &read.length_ns) &&
            read.length_ns < read.period_ns)
            return read;
    }
    fail_usage("--io: '%s' is not P:L: two numbers of milliseconds "
               "from 0.001 to 60000, the second less than the first",
               text);
}

static const struct gil_policy *virtual_twin(const struct gil_policy *policy)
{
    const struct gil_policy *const *twin = gil_policies;
    while (*twin && strcmp((*twin)->name, policy->name) != 0)
        twin++;
    return *twin;
}

static void refuse_contradictions(const struct settings *settings,
                                  const struct options *options)
{
    if (settings->calibrate && (said.io || options->document))
        fail_usage("--calibrate measures this machine, and compares tasks that "
                   "count: not with --io or --document");
}

static void set_machine(struct machine_config *machine, bool document)
{
    machine->processors = (unsigned)said.processors;
    machine->wake_ns = (int64_t)said.wake_us * 1000;
    machine->slice_ns = (int64_t)said.slice_ms * 1000000;
    machine->seed = said.seed;
    if (!document)
        return;
    machine->addition_ps = DOCUMENT_ADDITION_PS;
    if (!rows[WAKE].given)
        machine->wake_ns = DOCUMENT_WAKE_US * 1000;
}

struct options settings_begin(struct settings *settings, const struct lab *lab,
                              int argc, char **argv)
{
    *settings = (struct settings){.machine = machine_usual};
    puzzle_rows(&rows[OWN_ROWS], &settings->puzzle);
    struct options options =
        lab_begin_with(lab, rows, OWN_ROWS + PUZZLE_ROWS, argc, argv);
    puzzle_options_check(&rows[OWN_ROWS], &settings->puzzle);
    settings->events = said.events;
    settings->calibrate = said.calibrate;
    refuse_contradictions(settings, &options);
    if (said.io)
        settings->io = read_io(said.io);
    set_machine(&settings->machine, options.document);
    if (options.document)
        options.count = DOCUMENT_COUNT;
    settings->real_lock = options.lock;
    options.lock.policy = virtual_twin(options.lock.policy);
    return options;
}

uint64_t settings_additions(const struct settings *settings,
                            const struct options *options)
{
    const struct machine_config *machine = &settings->machine;
    uint64_t additions = options->count;
    if (!additions)
        additions = additions_in((int64_t)(options->seconds * 1e9),
                                 &options->lock, machine);
    if ((double)additions * (double)machine->addition_ps >
        (double)machine->limit_ns * 1e3)
        fail("%" PRIu64 " additions take more virtual time than the limit, "
             "%" PRId64 " s",
             additions, machine->limit_ns / 1000000000);
    screen_line("a task is %" PRIu64 " additions of %.3f ns; a wake-up takes "
                "%.0f us",
                additions, (double)machine->addition_ps / 1e3,
                (double)machine->wake_ns / 1e3);
    return additions;
}

char *settings_event(const struct event *event, char *text, size_t bytes)
{
    char place[200];
    snprintf(text, bytes, "%7" PRId64 ".%03d ms  task %-2u  %-*s%s",
             event->ns / 1000000, (int)(event->ns / 1000 % 1000), event->task,
             event->place.file ? 28 : 0, event_text(event->kind),
             event_place(event, place, sizeof place));
    return text;
}

void settings_show_events(const struct events *events)
{
    char line[250];
    for (size_t i = 0; i < events->count; i++)
        screen_line("%s", settings_event(&events->event[i], line, sizeof line));
}

static json_t *json_event(const struct event *event)
{
    char place[200];
    return json_pack("{s:f, s:i, s:s, s:s}", "ms", (double)event->ns / 1e6,
                     "task", (int)event->task, "event", event_text(event->kind),
                     "place", event_place(event, place, sizeof place));
}

void settings_json(json_t *json, const void *with)
{
    const struct settings_shown *shown = with;
    const struct machine_config *machine = &shown->settings->machine;
    json_object_set_new(
        json, "machine",
        json_pack(
            "{s:i, s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "processors",
            (int)machine->processors, "wake_us", (double)machine->wake_ns / 1e3,
            "late_us", (double)machine->late_ns / 1e3, "slice_ms",
            (double)machine->slice_ns / 1e6, "signal_us",
            (double)machine->signal_ns / 1e3, "call_us",
            (double)machine->call_ns / 1e3, "lock_ns", (double)machine->lock_ns,
            "addition_ns", (double)machine->addition_ps / 1e3, "seed",
            (json_int_t)machine->seed));
    if (!shown->settings->events)
        return;
    json_t *events = json_array();
    for (size_t i = 0; i < shown->events->count; i++)
        json_array_append_new(events, json_event(&shown->events->event[i]));
    json_object_set_new(json, "events", events);
}
