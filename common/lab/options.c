/* SPDX-License-Identifier: MIT */
#include "common/lab/options.h"

#include <string.h>

#include "common/base/fail.h"
#include "common/lab/document.h"

enum {
    MAX_POLICIES = 8
};
static const char *policy_names[MAX_POLICIES]; /* NULL ends */

/* The shared rows and the values that they write. */
static struct options values;
static int policy;
static uint64_t interval_us;
static uint64_t every;
static const char *predict;

static const struct {
    unsigned groups;
    struct option_row row;
} shared[] = {
    {OPTIONS_TASKS,
     {.name = "tasks",
      .letter = 't',
      .value = "N",
      .help = "how many tasks (default 2)",
      .kind = OPTION_WHOLE,
      .into = &values.tasks,
      .low = 1,
      .high = 100000}},
    {OPTIONS_CPU | OPTIONS_IO,
     {.name = "seconds",
      .letter = 's',
      .value = "S",
      .help = "how long one task takes alone (default 1)",
      .kind = OPTION_SECONDS,
      .into = &values.seconds,
      .high = 86400}},
    {OPTIONS_CPU,
     {.name = "count",
      .value = "N",
      .help = "exactly N additions; the document's: 100000000",
      .kind = OPTION_WHOLE,
      .into = &values.count,
      .low = 1,
      .high = INT64_MAX}},
    {OPTIONS_ROUNDS,
     {.name = "rounds",
      .value = "N",
      .help = "run each way N times, alternating: medians (default 5)",
      .kind = OPTION_WHOLE,
      .into = &values.rounds,
      .low = 1,
      .high = 100}},
    {OPTIONS_IO,
     {.name = "size",
      .value = "BYTES",
      .help = "exactly this much: 500, 2k, 3M, 1G, 64Ki, 5Mi, 1Gi",
      .kind = OPTION_BYTES,
      .into = &values.size_bytes,
      .low = 1,
      .high = INT64_MAX}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {.name = "rate",
      .value = "BYTES",
      .help = "a second and connection (default 2079434), or unlimited",
      .kind = OPTION_RATE,
      .into = &values.rate_bytes_s,
      .low = 1000,
      .high = INT32_MAX}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {.name = "link",
      .value = "BYTES",
      .help = "a second, all connections (default unlimited)",
      .kind = OPTION_RATE,
      .into = &values.link_bytes_s,
      .low = 1000,
      .high = INT32_MAX}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {.name = "latency",
      .value = "S",
      .help = "seconds before the first byte (default 0)",
      .kind = OPTION_SECONDS,
      .into = &values.latency_s,
      .high = 3600}},
    {OPTIONS_IO,
     {.name = "url",
      .value = "URL",
      .help = "download this, not from the local server",
      .kind = OPTION_TEXT,
      .into = &values.url}},
    {OPTIONS_IO,
     {.name = "timeout",
      .value = "S",
      .help = "give up some 6 s after S without data (default 30)",
      .kind = OPTION_WHOLE,
      .into = &values.timeout_s,
      .low = 1,
      .high = 3600}},
    {OPTIONS_CPU | OPTIONS_IO,
     {.name = "document",
      .help = "the post's own size",
      .kind = OPTION_FLAG,
      .into = &values.document}},
    {OPTIONS_LOCK,
     {.name = "lock",
      .value = "POLICY",
      .help = "none, mutex, ticks or interval (default)",
      .kind = OPTION_WORD,
      .into = &policy,
      .words = policy_names}},
    {OPTIONS_LOCK,
     {.name = "interval",
      .value = "US",
      .help = "interval: a waiter asks after this (default 5000)",
      .kind = OPTION_WHOLE,
      .into = &interval_us,
      .low = 1,
      .high = 10000000}},
    {OPTIONS_LOCK,
     {.name = "every",
      .value = "N",
      .help = "mutex, ticks: drop it at every Nth checkpoint (1, 100)",
      .kind = OPTION_WHOLE,
      .into = &every,
      .low = 1,
      .high = 1000000000}},
    {OPTIONS_CPU | OPTIONS_IO | OPTIONS_PREDICT,
     {.name = "predict",
      .value = "SECONDS",
      .help = "your guess, or same, half, double of a task, or ask",
      .kind = OPTION_TEXT,
      .into = &predict}},
    {OPTIONS_TASKS | OPTIONS_LOCK,
     {.name = "trace",
      .value = "FILE",
      .help = "what each task did when, for Perfetto",
      .kind = OPTION_TEXT,
      .into = &values.trace}},
    {OPTIONS_TASKS | OPTIONS_LOCK,
     {.name = "json",
      .value = "[=FILE]",
      .help = "one JSON object and nothing else; or in FILE",
      .kind = OPTION_MAYBE,
      .into = &values.json}},
};

/* A puzzle says itself what is run. */
static void check_puzzle(const struct command_line *line)
{
    static const char *const its_own[] = {"puzzle", "answer", "solve",
                                          "gift",   "json",   NULL};
    for (size_t i = 0; i < line->rows; i++) {
        const char *name = line->row[i].name;
        const char *const *other = its_own;
        while (*other && strcmp(*other, name) != 0)
            other++;
        if (!*other)
            command_line_exclude(line, "puzzle", name);
    }
}

static void check_together(const struct command_line *line,
                           const struct options *opt)
{
    static const char *const sizes[] = {"seconds", "count", "size", "document"};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = i + 1; j < 4; j++)
            command_line_exclude(line, sizes[i], sizes[j]);
    static const char *const local[] = {"seconds", "size",    "rate",
                                        "link",    "latency", "document"};
    for (size_t i = 0; i < 6; i++)
        command_line_exclude(line, "url", local[i]);
    command_line_exclude(line, "document", "rounds");
    command_line_exclude(line, "document", "rate");
    command_line_exclude(line, "document", "link");
    check_puzzle(line);
    if (command_line_gave(line, "interval") && !opt->lock.policy->asks)
        fail_usage("--interval goes with --lock interval, not with %s",
                   opt->lock.policy->name);
    if (command_line_gave(line, "every") && !opt->lock.policy->every)
        fail_usage("--every goes with --lock mutex or ticks, not with %s",
                   opt->lock.policy->name);
    if (command_line_has(line, "size") && !opt->rate_bytes_s &&
        !opt->link_bytes_s && !command_line_gave(line, "size"))
        fail_usage("--rate unlimited needs --size");
}

/* How long one task takes alone, as far as the command line tells; 0: it does
 * not. */
static double one_task_s(unsigned groups)
{
    if (values.count || values.url || !(groups & (OPTIONS_CPU | OPTIONS_IO)))
        return 0;
    if (!(groups & OPTIONS_IO))
        return values.seconds;
    if (!values.size_bytes)
        return values.seconds + values.latency_s;
    uint64_t rate = values.rate_bytes_s;
    if (!rate || (values.link_bytes_s && values.link_bytes_s < rate))
        rate = values.link_bytes_s;
    return rate ? (double)values.size_bytes / (double)rate + values.latency_s
                : 0;
}

static void add_row(struct command_line *line, const struct option_row *row)
{
    if (line->rows == MAX_OPTION_ROWS)
        fail("a lab has more than %d options", MAX_OPTION_ROWS);
    line->row[line->rows++] = *row;
}

struct options options_read(const struct program *program, unsigned groups,
                            struct option_row *extra, size_t extras, int argc,
                            char **argv)
{
    values = (struct options){
        .tasks = 2,
        .seconds = 1,
        .rounds = groups & OPTIONS_ROUNDS ? 5 : 1,
        .rate_bytes_s = DOCUMENT_RATE_BYTES_S,
        .timeout_s = 30,
    };
    size_t policies = 0;
    for (; gil_policies[policies]; policies++) {
        policy_names[policies] = gil_policies[policies]->name;
        if (gil_policies[policies] == &gil_interval)
            policy = (int)policies;
    }
    interval_us = GIL_INTERVAL_US;
    every = 0;
    predict = NULL;

    struct command_line line = {.rows = 0};
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        if (shared[i].groups & groups)
            add_row(&line, &shared[i].row);
    for (size_t i = 0; i < extras; i++)
        add_row(&line, &extra[i]);
    command_line_read(&line, program, argc, argv);
    for (size_t i = 0; i < extras; i++)
        extra[i].given = line.row[line.rows - extras + i].given;

    const struct gil_policy *chosen = gil_policies[policy];
    values.lock = (struct gil_config){
        .policy = chosen,
        .interval_us = (int64_t)interval_us,
        .every = every ? (unsigned)every : chosen->every,
    };
    check_together(&line, &values);
    if (values.document && groups & OPTIONS_IO)
        values.size_bytes = DOCUMENT_BYTES;
    else if (values.document)
        values.seconds = DOCUMENT_TASK_S;
    if (values.document)
        values.rounds = 1;
    if (predict)
        prediction_read(&values.prediction, predict, one_task_s(groups));
    return values;
}
