/* SPDX-License-Identifier: MIT
 *
 * The options of all labs. A lab accepts only those that it needs: it names
 * groups of them, and may add rows of its own.
 */
#ifndef LAB_OPTIONS_H
#define LAB_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/gil/gil.h"
#include "common/lab/command_line.h"
#include "common/lab/predict.h"

enum option_group {
    OPTIONS_TASKS = 1,    /* --tasks */
    OPTIONS_CPU = 2,      /* --seconds --count --document */
    OPTIONS_IO = 4,       /* --seconds --size --rate ... --url --document */
    OPTIONS_LOCK = 8,     /* --lock --interval --every */
    OPTIONS_SERVER = 16,  /* --rate --link --latency alone */
    OPTIONS_PREDICT = 32, /* --predict alone; CPU and IO have it too */
    OPTIONS_ROUNDS = 64,  /* --rounds */
};

/* What the command line said. The work is exactly `count` additions or
 * `size_bytes`; where these are 0 it is as much as takes `seconds`. */
struct options {
    uint64_t tasks;
    double seconds;    /* how long one task takes alone, in all rounds */
    uint64_t count;    /* additions a task and round; 0: by seconds */
    uint64_t rounds;   /* of each way, alternating */
    bool document;     /* the post's own size */
    const char *trace; /* NULL: no */
    const char *json;  /* NULL: no; "": to standard output; else: to the file */

    const char *url;       /* NULL: the local server */
    uint64_t size_bytes;   /* a download; 0: by seconds and rate */
    uint64_t rate_bytes_s; /* one connection; 0: unlimited */
    uint64_t link_bytes_s; /* all connections together; 0: unlimited */
    double latency_s;      /* before the first byte */
    uint64_t timeout_s;    /* without a byte, until a download is given up */

    struct gil_config lock;
    struct prediction prediction; /* of the whole run's time */
};

/* Read the command line; `groups` are those of enum option_group, or-ed, and
 * `extra` the lab's own rows (or NULL, 0). Does not return for --help,
 * --version or a mistake. */
struct options options_read(const struct program *program, unsigned groups,
                            struct option_row *extra, size_t extras, int argc,
                            char **argv);

#endif
