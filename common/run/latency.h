/* SPDX-License-Identifier: MIT
 *
 * How long each of many requests took, and the two figures that describe it:
 * p50, the median, is what is usual; p99, which one in a hundred exceeds, is
 * what happens now and then. A mean would hide both.
 */
#ifndef RUN_LATENCY_H
#define RUN_LATENCY_H

#include <stddef.h>
#include <stdint.h>

#include "common/run/tasks.h"

struct latency {
    double *us; /* of each request */
    size_t requests;
    size_t capacity;
};

void latency_init(struct latency *latency, size_t capacity);
void latency_free(struct latency *latency);

/* A request that began at `began_ns` (wall_ns()) has just ended. */
void latency_add(struct latency *latency, int64_t began_ns);

/* The value that `percent` of all do not exceed, by the nearest rank: always
 * one of those added; 0 for none. Sorts them. */
double latency_us(struct latency *latency, unsigned percent);

/* Add the figures round_trips, p50_us and p99_us to `run`. */
void latency_figures(struct latency *latency, struct run *run);

#endif
