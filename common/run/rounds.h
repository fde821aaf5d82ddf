/* SPDX-License-Identifier: MIT
 *
 * Two or more ways of running the same tasks, compared. The speed of a machine
 * drifts from one moment to the next. So the ways alternate, A B, B A, A B and
 * so on, and what counts is the median of all rounds.
 */
#ifndef RUN_ROUNDS_H
#define RUN_ROUNDS_H

#include <stddef.h>
#include <stdint.h>

#include "common/run/tasks.h"

enum {
    MOST_ROUNDS = 100
};

/* Makes one round of a way, from run_init() to run_end(), and adds its
 * figures. */
typedef void round_maker(struct run *run);

/* Measure all ways, `rounds` times (1 to MOST_ROUNDS). run[i] becomes what way
 * i did:
 *   - its tasks, lanes and texts are those of the first round;
 *   - its times and figures are the medians of all rounds, and run[i].round has
 *     each one's times;
 *   - its "at once" is the most of all rounds;
 *   - where its time went (`spent`, `machine`) is the sum of all rounds.
 * Stops after a round in which a task failed. The listener is told of each
 * round. The runs are the caller's, for run_free(). */
void rounds_run(round_maker *const *way, size_t ways, uint64_t rounds,
                struct run *run);

/* The same where one function makes the rounds of all ways; `way` counts from
 * 0. */
void rounds_make(void (*make)(struct run *run, size_t way, const void *with),
                 const void *with, size_t ways, uint64_t rounds,
                 struct run *run);

/* The wall and CPU time of all rounds together; without rounds, of the run. */
struct elapsed rounds_time(const struct run *run);

/* A figure of several rounds. */
struct spread {
    double median;
    double least;
    double most;
};

/* How one run compares with another: each, and total. */
struct ratio {
    struct spread each;
    struct spread total;
    size_t rounds; /* 0: there is nothing to compare */
};

/* `over` divided by `under`, round by round; nothing if a task failed. */
struct ratio rounds_ratio(const struct run *over, const struct run *under);

#endif
