/* SPDX-License-Identifier: MIT */
#include "common/lab/command_line.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/number.h"
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
    MAX_NAME = 20, /* letters of a name that a mistyped one is compared with */
    HELP = 0x100,  /* getopt_long's value for --help */
    VERSION = 0x101, /* and for --version */
    ROW = 0x200,     /* and for row i: ROW + i */
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
                   "' is not a number of seconds from 0.001 to %llu, "
                   "as 2 or 0.5",
                   row->name, value, high);
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
            seconds > (double)row->high)
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
                           const struct command_line *line)
{
    printf("%s: %s\n\nusage: %s [option]...\n", program->name,
           program->question, program->name);
    for (size_t i = 0; i < line->rows; i++) {
        const struct option_row *row = &line->row[i];
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
static _Noreturn void reject_long(const struct command_line *line,
                                  const char *text)
{
    const char *name = text + 2;
    size_t length = strcspn(name, "=");
    char begun[200] = "";
    const char *near = NULL;
    for (size_t i = 0; i < line->rows; i++) {
        const char *known = line->row[i].name;
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
static _Noreturn void reject_option(const struct command_line *line, int what,
                                    char **argv)
{
    const char *text = argv[optind - 1];
    if (what == ':') {
        for (size_t i = 0; i < line->rows; i++)
            if (optopt == (int)(ROW + i) ||
                (optopt && optopt == line->row[i].letter))
                fail_usage("--%s needs a value: %s (see --help)",
                           line->row[i].name, line->row[i].value);
    }
    if (optopt >= ROW || optopt == HELP || optopt == VERSION)
        fail_usage("option '" SHOWN "' takes no value (see --help)", text);
    if (optopt)
        fail_usage("unknown option '-%c' (see --help)", optopt);
    reject_long(line, text);
}

void command_line_read(struct command_line *line, const struct program *program,
                       int argc, char **argv)
{
    struct option longs[MAX_OPTION_ROWS + 3] = {{0}};
    char shorts[2 * MAX_OPTION_ROWS + 4] = ":h";
    for (size_t i = 0; i < line->rows; i++) {
        const struct option_row *row = &line->row[i];
        int argument = row->kind == OPTION_FLAG    ? no_argument
                       : row->kind == OPTION_MAYBE ? optional_argument
                                                   : required_argument;
        longs[i] = (struct option){row->name, argument, NULL, (int)(ROW + i)};
        if (row->letter)
            snprintf(shorts + strlen(shorts), 3, "%c:", row->letter);
    }
    longs[line->rows] = (struct option){"help", no_argument, NULL, HELP};
    longs[line->rows + 1] =
        (struct option){"version", no_argument, NULL, VERSION};

    opterr = 0;
    int what;
    while ((what = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (what == 'h' || what == HELP)
            help(program, line);
        if (what == VERSION)
            version(program);
        if (what == '?' || what == ':')
            reject_option(line, what, argv);
        struct option_row *row = line->row;
        while (what != ROW + (int)(row - line->row) && what != row->letter)
            row++;
        row->given = true;
        if (!read_value(row, optarg))
            reject(row, optarg);
    }
    if (optind < argc)
        fail_usage("unexpected argument '%s' (see --help)", argv[optind]);
}

static const struct option_row *find(const struct command_line *line,
                                     const char *name)
{
    for (size_t i = 0; i < line->rows; i++)
        if (strcmp(line->row[i].name, name) == 0)
            return &line->row[i];
    return NULL;
}

bool command_line_has(const struct command_line *line, const char *name)
{
    return find(line, name);
}

bool command_line_gave(const struct command_line *line, const char *name)
{
    const struct option_row *row = find(line, name);
    return row && row->given;
}

void command_line_exclude(const struct command_line *line, const char *one,
                          const char *other)
{
    if (command_line_gave(line, one) && command_line_gave(line, other))
        fail_usage("--%s and --%s exclude each other", one, other);
}
