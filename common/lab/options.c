/* SPDX-License-Identifier: MIT */
#include "common/lab/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/lab/document.h"
#include "common/lab/screen.h"

#ifndef GIL_LABS_VERSION
#define GIL_LABS_VERSION "0"
#endif

#ifdef __clang__
#define COMPILER "clang", __clang_major__, __clang_minor__, __clang_patchlevel__
#else
#define COMPILER "gcc", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__
#endif

enum {
    MAX_ROWS = 32,
    MAX_NAME = 20, /* letters of a name that a mistyped one is compared with */
    HELP = 0x100,  /* getopt_long's value for --help */
    VERSION = 0x101, /* and for --version */
    ROW = 0x200,     /* and for row i: ROW + i */
};

enum {
    MAX_POLICIES = 8
};
static const char *policy_names[MAX_POLICIES]; /* NULL ends */

/* The rows of one command line: shared ones by group, then the lab's own. */
struct table {
    struct option_row row[MAX_ROWS];
    size_t rows;
};

static struct option_row *find(struct table *table, const char *name)
{
    for (size_t i = 0; i < table->rows; i++)
        if (strcmp(table->row[i].name, name) == 0)
            return &table->row[i];
    return NULL;
}

static bool given(struct table *table, const char *name)
{
    struct option_row *row = find(table, name);
    return row && row->given;
}

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
      .help = "the document's own size",
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

/* So much of a value as a message has room for. */
#define SHOWN "%.200s"

static _Noreturn void reject(const struct option_row *row, const char *value)
{
    unsigned long long low = row->low;
    unsigned long long high = row->high;
    switch (row->kind) {
    case OPTION_WHOLE:
        fail_usage("--%s: '" SHOWN "' is not a whole number from %llu to %llu",
                   row->name, value, low, high);
    case OPTION_SECONDS:
        fail_usage("--%s: '" SHOWN
                   "' is not a number of seconds from %s to %llu, "
                   "as 2 or 0.5",
                   row->name, value, row->low ? "1" : "0.001", high);
    case OPTION_BYTES:
        fail_usage("--%s: '" SHOWN
                   "' is not a number of bytes from %llu to %llu, "
                   "as 500, 64Ki or 2M",
                   row->name, value, low, high);
    case OPTION_RATE:
        fail_usage("--%s: '" SHOWN
                   "' is not a number of bytes from %llu to %llu, "
                   "as 500, 64Ki or 2M, nor 'unlimited'",
                   row->name, value, low, high);
    case OPTION_WORD: {
        char list[200] = "";
        for (const char *const *word = row->words; *word; word++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                     word == row->words ? "" : (word[1] ? ", " : " or "),
                     *word);
        fail_usage("--%s: '" SHOWN "' is not %s", row->name, value, list);
    }
    default:
        fail_usage("--%s: '" SHOWN "' is not accepted: it needs a value",
                   row->name, value);
    }
}

static bool read_word(const struct option_row *row, const char *value)
{
    for (int i = 0; row->words[i]; i++) {
        if (strcmp(value, row->words[i]) != 0)
            continue;
        *(int *)row->into = i;
        return true;
    }
    return false;
}

/* Put `value` where the row says. Returns false if it is not accepted. */
static bool read_value(const struct option_row *row, const char *value)
{
    uint64_t whole = 0;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->into = true;
        return true;
    case OPTION_WORD:
        return read_word(row, value);
    case OPTION_MAYBE:
        *(const char **)row->into = value ? value : "";
        return !value || value[0];
    case OPTION_TEXT:
        *(const char **)row->into = value;
        return value[0];
    case OPTION_SECONDS: {
        double seconds;
        if (!number_seconds(value, &seconds) || seconds < 0.001 ||
            seconds < (double)row->low || seconds > (double)row->high)
            return false;
        *(double *)row->into = seconds;
        return true;
    }
    case OPTION_RATE:
        if (strcmp(value, "unlimited") == 0) {
            *(uint64_t *)row->into = 0;
            return true;
        }
        /* fall through */
    case OPTION_BYTES:
        if (!number_bytes(value, &whole))
            return false;
        break;
    case OPTION_WHOLE:
        if (!number_whole(value, &whole))
            return false;
        break;
    }
    if (whole < row->low || whole > row->high)
        return false;
    *(uint64_t *)row->into = whole;
    return true;
}

static _Noreturn void help(const struct program *program,
                           const struct table *table)
{
    printf("%s: %s\n\nusage: %s [option]...\n", program->name,
           program->question, program->name);
    for (size_t i = 0; i < table->rows; i++) {
        const struct option_row *row = &table->row[i];
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", row->name,
                 row->value && row->value[0] != '[' ? " " : "",
                 row->value ? row->value : "");
        char letter[8] = "   ";
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c,", row->letter);
        printf("  %s %-17s %s\n", letter, left, row->help);
    }
    printf("  -h, %-17s this text\n      %-17s the kit's version\n", "--help",
           "--version");
    printf("exit status: 0 done, 1 the run failed, 2 the command line is "
           "wrong,\n             130 interrupted, 143 terminated\n");
    finish_output();
    exit(0);
}

static _Noreturn void version(const struct program *program)
{
    printf("%s (GIL Labs) %s\n", program->name, GIL_LABS_VERSION);
    printf("compiled by %s %d.%d.%d\n", COMPILER);
    finish_output();
    exit(0);
}

/* How many letters to change, add or leave out to make `to` of `from`, of which
 * the first `length` count; both are short. */
static size_t distance(const char *from, size_t length, const char *to)
{
    size_t row[MAX_NAME + 1];
    size_t columns = strlen(to);
    for (size_t j = 0; j <= columns; j++)
        row[j] = j;
    for (size_t i = 0; i < length; i++) {
        size_t diagonal = row[0]++;
        for (size_t j = 0; j < columns; j++) {
            size_t best = diagonal + (from[i] != to[j]);
            diagonal = row[j + 1];
            if (best > row[j] + 1)
                best = row[j] + 1;
            if (best > diagonal + 1)
                best = diagonal + 1;
            row[j + 1] = best;
        }
    }
    return row[columns];
}

/* A long option that getopt_long does not know: it begins several names, or it
 * is nearly one. */
static _Noreturn void reject_long(const struct table *table, const char *text)
{
    const char *name = text + 2;
    size_t length = strcspn(name, "=");
    char begun[200] = "";
    const char *near = NULL;
    for (size_t i = 0; i < table->rows; i++) {
        const char *known = table->row[i].name;
        if (strncmp(known, name, length) == 0)
            snprintf(begun + strlen(begun), sizeof begun - strlen(begun),
                     "%s--%s", begun[0] ? ", " : "", known);
        if (length <= MAX_NAME && strlen(known) <= MAX_NAME &&
            distance(name, length, known) <= 1 + length / 6)
            near = known;
    }
    if (begun[0])
        fail_usage("option '" SHOWN "' is ambiguous: %s", text, begun);
    if (near)
        fail_usage("unknown option '" SHOWN "': did you mean --%s?", text,
                   near);
    fail_usage("unknown option '" SHOWN "' (see --help)", text);
}

/* getopt_long tells only that something is wrong; say what. */
static _Noreturn void reject_option(const struct table *table, int what,
                                    char **argv)
{
    const char *text = argv[optind - 1];
    if (what == ':') {
        for (size_t i = 0; i < table->rows; i++)
            if (optopt == (int)(ROW + i) ||
                (optopt && optopt == table->row[i].letter))
                fail_usage("--%s needs a value: %s (see --help)",
                           table->row[i].name, table->row[i].value);
    }
    if (optopt >= ROW || optopt == HELP || optopt == VERSION)
        fail_usage("option '" SHOWN "' takes no value (see --help)", text);
    if (optopt)
        fail_usage("unknown option '-%c' (see --help)", optopt);
    reject_long(table, text);
}

static void parse(struct table *table, const struct program *program, int argc,
                  char **argv)
{
    struct option longs[MAX_ROWS + 3] = {{0}};
    char shorts[2 * MAX_ROWS + 4] = ":h";
    for (size_t i = 0; i < table->rows; i++) {
        const struct option_row *row = &table->row[i];
        int argument = row->kind == OPTION_FLAG    ? no_argument
                       : row->kind == OPTION_MAYBE ? optional_argument
                                                   : required_argument;
        longs[i] = (struct option){row->name, argument, NULL, (int)(ROW + i)};
        if (row->letter)
            snprintf(shorts + strlen(shorts), 3, "%c:", row->letter);
    }
    longs[table->rows] = (struct option){"help", no_argument, NULL, HELP};
    longs[table->rows + 1] =
        (struct option){"version", no_argument, NULL, VERSION};

    opterr = 0;
    int what;
    while ((what = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (what == 'h' || what == HELP)
            help(program, table);
        if (what == VERSION)
            version(program);
        if (what == '?' || what == ':')
            reject_option(table, what, argv);
        struct option_row *row = table->row;
        while (what != ROW + (int)(row - table->row) && what != row->letter)
            row++;
        row->given = true;
        if (!read_value(row, optarg))
            reject(row, optarg);
    }
    if (optind < argc)
        fail_usage("unexpected argument '%s' (see --help)", argv[optind]);
}

/* Two options that say the same thing differently. */
static void exclude(struct table *table, const char *one, const char *other)
{
    if (given(table, one) && given(table, other))
        fail_usage("--%s and --%s exclude each other", one, other);
}

static void check_together(struct table *table, const struct options *opt)
{
    static const char *const sizes[] = {"seconds", "count", "size", "document"};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = i + 1; j < 4; j++)
            exclude(table, sizes[i], sizes[j]);
    static const char *const local[] = {"seconds", "size",    "rate",
                                        "link",    "latency", "document"};
    for (size_t i = 0; i < 6; i++)
        exclude(table, "url", local[i]);
    exclude(table, "document", "rounds");
    exclude(table, "document", "rate");
    exclude(table, "document", "link");
    if (given(table, "interval") && !opt->lock.policy->asks)
        fail_usage("--interval goes with --lock interval, not with %s",
                   opt->lock.policy->name);
    if (given(table, "every") && !opt->lock.policy->every)
        fail_usage("--every goes with --lock mutex or ticks, not with %s",
                   opt->lock.policy->name);
    if (find(table, "size") && !opt->rate_bytes_s && !opt->link_bytes_s &&
        !given(table, "size"))
        fail_usage("--rate unlimited needs --size");
}

/* How long one task takes alone, as far as the command line tells; 0: it does
 * not. */
static double one_task_s(const struct program *program)
{
    if (values.count || values.url ||
        !(program->groups & (OPTIONS_CPU | OPTIONS_IO)))
        return 0;
    if (!(program->groups & OPTIONS_IO))
        return values.seconds;
    if (!values.size_bytes)
        return values.seconds + values.latency_s;
    uint64_t rate = values.rate_bytes_s;
    if (!rate || (values.link_bytes_s && values.link_bytes_s < rate))
        rate = values.link_bytes_s;
    return rate ? (double)values.size_bytes / (double)rate + values.latency_s
                : 0;
}

struct options options_read(const struct program *program,
                            struct option_row *extra, size_t extras, int argc,
                            char **argv)
{
    values = (struct options){
        .tasks = 2,
        .seconds = 1,
        .rounds = program->groups & OPTIONS_ROUNDS ? 5 : 1,
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

    struct table table = {.rows = 0};
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        if (shared[i].groups & program->groups)
            table.row[table.rows++] = shared[i].row;
    for (size_t i = 0; i < extras; i++)
        table.row[table.rows++] = extra[i];
    parse(&table, program, argc, argv);

    const struct gil_policy *chosen = gil_policies[policy];
    values.lock = (struct gil_config){
        .policy = chosen,
        .interval_us = (int64_t)interval_us,
        .every = every ? (unsigned)every : chosen->every,
    };
    check_together(&table, &values);
    if (values.document && program->groups & OPTIONS_IO)
        values.size_bytes = DOCUMENT_BYTES;
    else if (values.document)
        values.seconds = DOCUMENT_TASK_S;
    if (values.document)
        values.rounds = 1;
    if (predict)
        prediction_read(&values.prediction, predict, one_task_s(program));
    return values;
}
