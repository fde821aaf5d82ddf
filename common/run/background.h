/* SPDX-License-Identifier: MIT
 *
 * CPU work that lasts as long as something else: threads that count under the
 * lock until they are told to stop, and how fast they count, first while that
 * something happens (beside it) and then while it does not (alone).
 */
#ifndef RUN_BACKGROUND_H
#define RUN_BACKGROUND_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/run/tasks.h"

/* All zero to begin with; one for all threads of a run. */
struct background {
    atomic_bool stop;
    _Atomic uint64_t turns; /* of all threads together */
    uint64_t lap_turns;     /* as they were when the lap began */
    int64_t lap_ns;
    double beside; /* turns a second */
    double alone;
};

/* The body of such a thread, which holds the lock: count until `stop`. The
 * task has failed if its sum is wrong. */
void background_count(struct background *background, struct task *task);

/* Begin a lap; returns the turns a second, by all threads, of the last one. */
double background_lap(struct background *background);

/* Add the figures turns_per_s and lost_percent, by how much they were slower
 * beside than alone, to `run`, and say so. Nothing if there were no turns. */
void background_figures(const struct background *background, struct run *run);

#endif
