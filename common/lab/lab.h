/* SPDX-License-Identifier: MIT
 *
 * What a lab is, what every lab does first, and the document's figures.
 *
 * The document is the blog post "An Interesting Example on Demonstrating the
 * Feature of Threading in Python" (5 August 2018).
 */
#ifndef LAB_H
#define LAB_H

#include <stddef.h>

#include "common/lab/options.h"

#ifndef GIL_LABS_VERSION
#define GIL_LABS_VERSION "0"
#endif

#define DOCUMENT_BYTES 100000000      /* the file is called 100MB.zip */
#define DOCUMENT_DOWNLOAD_S 48.09     /* one download alone */
#define DOCUMENT_RATE_BYTES_S 2079434 /* so its bytes a second */
#define DOCUMENT_TASK_S 7.077         /* one counting task alone */

/* A line that the document measured, to stand under a lab's own. */
struct document_row {
    const char *name;
    double each_s; /* the tasks' mean; 0: not told */
    double total_s;
};

struct lab {
    const char *name;                    /* as its file: 05_gil_sim */
    const char *question;                /* the one it answers */
    unsigned options;                    /* enum option_group, or-ed */
    const struct document_row *document; /* ends with a NULL name, or NULL */
};

/* First of all in main: the standard descriptors are made sure of, signals
 * set (SIGINT and SIGTERM end the lab and clean the terminal, a reader that
 * went away is a write error), the command line read. */
struct options lab_begin(const struct lab *lab, int argc, char **argv);

/* The same, with rows of the lab's own. */
struct options lab_begin_with(const struct lab *lab, struct option_row *extra,
                              size_t extras, int argc, char **argv);

#endif
