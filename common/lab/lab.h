/* SPDX-License-Identifier: MIT
 *
 * What a lab is, and what every lab does first.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/lab/document.h"
#include "common/lab/options.h"

struct lab {
    const char *name;                    /* as its file: 05_gil_sim */
    const char *question;                /* the one it answers */
    unsigned options;                    /* enum option_group, or-ed */
    const struct document_row *document; /* ends with a NULL name, or NULL */
};

/* Call this first in main. It opens any missing standard descriptor, installs
 * signal handlers and reads the command line. From then on SIGINT, SIGTERM and
 * SIGHUP clear the progress line and end the lab. A closed pipe is a write
 * error. */
struct options lab_begin(const struct lab *lab, int argc, char **argv);

/* The same, with rows of the lab's own. */
struct options lab_begin_with(const struct lab *lab, struct option_row *extra,
                              size_t extras, int argc, char **argv);

/* Make sure that the file of --json and the file of the option `name` can be
 * written and are not the same. Either may be NULL: not given. Standard output
 * becomes "" for --json, and "-" for the other. Then nothing else is printed
 * there: true. */
bool lab_outputs(const char **json, const char *name, const char **file);

/* How many additions a task makes: what --count says, or as many as take
 * --seconds in all rounds together under `lock` (NULL: without one). That needs
 * a calibration, and a line says what came of it. */
uint64_t lab_additions(const struct options *options,
                       const struct gil_config *lock);

/* The same where the part `native`, from 0 to 1, is made without the lock. */
uint64_t lab_additions_mixed(const struct options *options,
                             const struct gil_config *lock, double native);

#endif
