/* SPDX-License-Identifier: MIT
 *
 * Reads a command line by a table of rows, one an option. What is wrong with it
 * is one line on standard error that names the option, the value and what is
 * accepted; exit status 2.
 */
#ifndef LAB_COMMAND_LINE_H
#define LAB_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a value is read, and where it goes. */
enum option_kind {
    OPTION_FLAG,    /* bool: no value */
    OPTION_WHOLE,   /* uint64_t: digits only, from low to high */
    OPTION_SECONDS, /* double: 0.5, 2, from 0.001 to high */
    OPTION_BYTES,   /* uint64_t: as WHOLE, then k, M, G, Ki, Mi or Gi */
    OPTION_RATE,    /* uint64_t: as BYTES, or "unlimited" (0) */
    OPTION_WORD,    /* int: the place of the value in `words` */
    OPTION_TEXT,    /* const char *: as it is; never empty */
    OPTION_MAYBE,   /* const char *: as TEXT, or "" when given without one */
};

struct option_row {
    const char *name;
    char letter;       /* 0: no short form */
    const char *value; /* what --help calls it; NULL for a flag */
    const char *help;
    enum option_kind kind;
    void *into;               /* holds the default; written when given */
    uint64_t low, high;       /* WHOLE, BYTES, RATE; SECONDS: high */
    const char *const *words; /* WORD: ends with NULL */
    bool given;
};

/* Whose command line it is. */
struct program {
    const char *name;
    const char *question; /* the one that --help begins with */
};

enum {
    MAX_OPTION_ROWS = 32
};

struct command_line {
    struct option_row row[MAX_OPTION_ROWS];
    size_t rows;
};

/* Read it, and write what it says to where the rows say. Does not return for
 * --help, --version or a mistake. */
void command_line_read(struct command_line *line, const struct program *program,
                       int argc, char **argv);

/* Is there such an option; was it given? */
bool command_line_has(const struct command_line *line, const char *name);
bool command_line_gave(const struct command_line *line, const char *name);

/* A mistake if both were given. */
void command_line_exclude(const struct command_line *line, const char *one,
                          const char *other);

#endif
