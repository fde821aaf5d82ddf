/* SPDX-License-Identifier: MIT
 *
 * A walk through every order as a command line asks for it, and what is said of
 * it: the options, the lines for people, and the JSON:
 *
 *     { "schema": 1, "lab": "14_gil_orders", "of": "...",
 *       "threads": 2, "preemptions": 2, "time_outs": 1, "spurious": 0,
 *       "orders": 212, "failing": 34, "walked": 97, "all": true,
 *       "shows": "threads 1 and 2 both have the lock", "order": "1,1,2",
 *       "steps": [ { "thread": 1, "does": "locks", "how": "",
 *                    "place": "labs/14_gil_orders.c:60" }, ... ] }
 *
 * "orders" and "failing" are left out where not all were walked; what follows,
 * where none fails. A walk at random has "seed" and "walks" in place of "all".
 * An order of one's own that does not fail has "next": "who can go on: 1, 2t".
 */
#ifndef VIRTUAL_LAB_WALKS_H
#define VIRTUAL_LAB_WALKS_H

#include <jansson.h>

#include "common/lab/lab.h"
#include "common/virtual/orders.h"
#include "common/virtual_lab/puzzle.h"

enum {
    WALKS_OF_BYTES = 500
};

/* What the command line asks for. The bounds hold the defaults before it is
 * read. */
struct walks {
    struct orders_bounds bounds;
    bool preemptions_said;
    const char *order;  /* follow this one, NULL: none ... */
    const char *replay; /* ... or the one in this file */
    const char *save;   /* write the shortest order that fails to this file */
    const char *json;   /* as in struct options */
    bool quiet;         /* standard output is for the JSON */
    const char *lab;
    struct puzzle_options puzzle;
    char of[WALKS_OF_BYTES]; /* in words: an order is one of the same */
};

/* Read the command line: --preemptions, --time-outs, --spurious, --limit,
 * --seed, --walks, --order, --replay, --save, --json, those of puzzle.h and
 * rows of the caller's. `lab` must outlive it. */
void walks_begin(struct walks *walks, const struct lab *lab,
                 struct option_row *extra, size_t extras, int argc,
                 char **argv);

/* A mistake if both were given. */
void walks_exclude(const char *one, bool gave_one, const char *other,
                   bool gave_other);

/* Walk the subject, or follow an order of it, and say what came of it. Returns
 * the exit status: 1 if an order fails or not all were walked. */
int walks_run(const struct walks *walks, const struct orders_subject *subject);

#endif
