/* SPDX-License-Identifier: MIT */
#include "common/lab/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"
#include "common/lab/screen.h"

#ifdef __clang__
#define COMPILER "clang", __clang_major__, __clang_minor__, __clang_patchlevel__
#else
#define COMPILER "gcc", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__
#endif

enum {
    MAX_ROWS = 32,
    HELP = 0x100,    /* getopt_long's value for --help */
    VERSION = 0x101, /* and for --version */
    ROW = 0x200,     /* and for row i: ROW + i */
};

static const struct gil_policy *const policies[] = {
    &gil_none,
    &gil_mutex,
    &gil_ticks,
    &gil_interval,
};

enum {
    INTERVAL = 3, /* its place there */
    POLICIES = sizeof policies / sizeof policies[0]
};
static const char *policy_names[POLICIES + 1]; /* NULL ends */

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
     {"tasks", 't', "N", "how many tasks (default 2)", OPTION_WHOLE,
      &values.tasks, 1, 100000, NULL, false}},
    {OPTIONS_CPU | OPTIONS_IO,
     {"seconds", 's', "S", "how long one task takes alone (default 1)",
      OPTION_SECONDS, &values.seconds, 0, 86400, NULL, false}},
    {OPTIONS_CPU,
     {"count", 0, "N", "exactly N additions; the document's: 100000000",
      OPTION_WHOLE, &values.count, 1, INT64_MAX, NULL, false}},
    {OPTIONS_IO,
     {"size", 0, "BYTES", "exactly this much: 500, 2k, 3M, 1G, 64Ki, 5Mi, 1Gi",
      OPTION_BYTES, &values.size_bytes, 1, INT64_MAX, NULL, false}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {"rate", 0, "BYTES",
      "a second and connection (default 2079434), or "
      "unlimited",
      OPTION_RATE, &values.rate_bytes_s, 1000, INT32_MAX, NULL, false}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {"link", 0, "BYTES", "a second, all connections (default unlimited)",
      OPTION_RATE, &values.link_bytes_s, 1000, INT32_MAX, NULL, false}},
    {OPTIONS_IO | OPTIONS_SERVER,
     {"latency", 0, "S", "seconds before the first byte (default 0)",
      OPTION_SECONDS, &values.latency_s, 0, 3600, NULL, false}},
    {OPTIONS_IO,
     {"url", 0, "URL", "download this, not from the local server", OPTION_TEXT,
      &values.url, 0, 0, NULL, false}},
    {OPTIONS_IO,
     {"timeout", 0, "S",
      "give up after S (and some 6) without a byte (default 30)", OPTION_WHOLE,
      &values.timeout_s, 1, 3600, NULL, false}},
    {OPTIONS_CPU | OPTIONS_IO,
     {"document", 0, NULL, "the document's own size", OPTION_FLAG,
      &values.document, 0, 0, NULL, false}},
    {OPTIONS_LOCK,
     {"lock", 0, "POLICY", "none, mutex, ticks or interval (default)",
      OPTION_WORD, &policy, 0, 0, policy_names, false}},
    {OPTIONS_LOCK,
     {"interval", 0, "US", "interval: a waiter asks after this (default 5000)",
      OPTION_WHOLE, &interval_us, 1, 10000000, NULL, false}},
    {OPTIONS_LOCK,
     {"every", 0, "N", "mutex, ticks: turns a release (default 1, 100)",
      OPTION_WHOLE, &every, 1, 1000000000, NULL, false}},
    {OPTIONS_CPU | OPTIONS_IO | OPTIONS_PREDICT,
     {"predict", 0, "SECONDS",
      "your guess, or same, half, double of a task, or ask", OPTION_TEXT,
      &predict, 0, 0, NULL, false}},
    {OPTIONS_TASKS | OPTIONS_LOCK,
     {"trace", 0, "FILE", "what each task did when, for Perfetto", OPTION_TEXT,
      &values.trace, 0, 0, NULL, false}},
    {OPTIONS_TASKS | OPTIONS_LOCK,
     {"json", 0, "[=FILE]", "one JSON object and nothing else; or in FILE",
      OPTION_MAYBE, &values.json, 0, 0, NULL, false}},
};

/* Digits only: strtoull alone would take " 3", "+3" and "-3". */
static bool read_whole(const char *text, char **end, uint64_t *value)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    unsigned long long number = strtoull(text, end, 10);
    *value = number;
    return errno == 0;
}

static bool read_bytes(const char *text, uint64_t *value)
{
    static const struct {
        const char *suffix;
        uint64_t factor;
    } unit[] = {
        {"", 1},
        {"k", 1000},
        {"M", 1000000},
        {"G", 1000000000},
        {"Ki", 1ULL << 10},
        {"Mi", 1ULL << 20},
        {"Gi", 1ULL << 30},
    };
    char *end;
    uint64_t number;
    if (!read_whole(text, &end, &number))
        return false;
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++) {
        if (strcmp(end, unit[i].suffix) != 0)
            continue;
        *value = number * unit[i].factor;
        return number <= UINT64_MAX / unit[i].factor;
    }
    return false;
}

/* No setlocale anywhere in the kit, so the point is a point. */
bool options_seconds(const char *text, double *value)
{
    if (!text[0] || strspn(text, "0123456789.") != strlen(text))
        return false;
    char *end;
    *value = strtod(text, &end);
    return *end == '\0' && end != text;
}

static _Noreturn void reject(const struct option_row *row, const char *value)
{
    unsigned long long low = row->low;
    unsigned long long high = row->high;
    switch (row->kind) {
    case OPTION_WHOLE:
        fail_usage("--%s: '%s' is not a whole number from %llu to %llu",
                   row->name, value, low, high);
    case OPTION_SECONDS:
        fail_usage("--%s: '%s' is not a number of seconds from %s to %llu, "
                   "as 2 or 0.5",
                   row->name, value, row->low ? "1" : "0.001", high);
    case OPTION_BYTES:
        fail_usage("--%s: '%s' is not a number of bytes from %llu to %llu, "
                   "as 500, 64Ki or 2M",
                   row->name, value, low, high);
    case OPTION_RATE:
        fail_usage("--%s: '%s' is not a number of bytes from %llu to %llu, "
                   "as 500, 64Ki or 2M, nor 'unlimited'",
                   row->name, value, low, high);
    case OPTION_WORD: {
        char list[200] = "";
        for (const char *const *word = row->words; *word; word++)
            snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                     word == row->words ? "" : (word[1] ? ", " : " or "),
                     *word);
        fail_usage("--%s: '%s' is not %s", row->name, value, list);
    }
    default:
        fail_usage("--%s: '%s' is not accepted: it needs a value", row->name,
                   value);
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
    char *end;
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
        if (!options_seconds(value, &seconds) || seconds < 0.001 ||
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
        if (!read_bytes(value, &whole))
            return false;
        break;
    case OPTION_WHOLE:
        if (!read_whole(value, &end, &whole) || *end)
            return false;
        break;
    }
    if (whole < row->low || whole > row->high)
        return false;
    *(uint64_t *)row->into = whole;
    return true;
}

static _Noreturn void help(const struct lab *lab, const struct table *table)
{
    printf("%s: %s\n\nusage: %s [option]...\n", lab->name, lab->question,
           lab->name);
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

static _Noreturn void version(const struct lab *lab)
{
    printf("%s (GIL Labs) %s\n", lab->name, GIL_LABS_VERSION);
    printf("compiled by %s %d.%d.%d\n", COMPILER);
    finish_output();
    exit(0);
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
        fail_usage("option '%s' takes no value (see --help)", text);
    if (optopt)
        fail_usage("unknown option '-%c' (see --help)", optopt);
    fail_usage("unknown option '%s' (see --help)", text);
}

static void parse(struct table *table, const struct lab *lab, int argc,
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
            help(lab, table);
        if (what == VERSION)
            version(lab);
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
    if (opt->trace && opt->json && strcmp(opt->trace, opt->json) == 0)
        fail_usage("--trace and --json name the same file: '%s'", opt->trace);
    exclude(table, "document", "rate");
    exclude(table, "document", "link");
    if (given(table, "interval") && opt->lock.policy != &gil_interval)
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
static double one_task_s(const struct lab *lab)
{
    if (values.count || values.url ||
        !(lab->options & (OPTIONS_CPU | OPTIONS_IO)))
        return 0;
    if (!(lab->options & OPTIONS_IO))
        return values.seconds;
    if (!values.size_bytes)
        return values.seconds + values.latency_s;
    uint64_t rate = values.rate_bytes_s;
    if (!rate || (values.link_bytes_s && values.link_bytes_s < rate))
        rate = values.link_bytes_s;
    return rate ? (double)values.size_bytes / (double)rate + values.latency_s
                : 0;
}

struct options options_read(const struct lab *lab, struct option_row *extra,
                            size_t extras, int argc, char **argv)
{
    values = (struct options){
        .tasks = 2,
        .seconds = 1,
        .rate_bytes_s = DOCUMENT_RATE_BYTES_S,
        .timeout_s = 30,
    };
    policy = INTERVAL;
    interval_us = GIL_INTERVAL_US;
    every = 0;
    predict = NULL;

    for (size_t i = 0; i < POLICIES; i++)
        policy_names[i] = policies[i]->name;
    struct table table = {.rows = 0};
    for (size_t i = 0; i < sizeof shared / sizeof shared[0]; i++)
        if (shared[i].groups & lab->options)
            table.row[table.rows++] = shared[i].row;
    for (size_t i = 0; i < extras; i++)
        table.row[table.rows++] = extra[i];
    parse(&table, lab, argc, argv);

    values.lock = (struct gil_config){
        .policy = policies[policy],
        .interval_us = (int64_t)interval_us,
        .every = every ? (unsigned)every : policies[policy]->every,
    };
    check_together(&table, &values);
    if (values.document && lab->options & OPTIONS_IO)
        values.size_bytes = DOCUMENT_BYTES;
    else if (values.document)
        values.seconds = DOCUMENT_TASK_S;
    if (predict)
        prediction_read(&values.prediction, predict, one_task_s(lab));
    return values;
}
