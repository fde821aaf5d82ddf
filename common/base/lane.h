/* SPDX-License-Identifier: MIT
 *
 * A lane is the record of what one task did when: a row of slices, one after
 * the other, never overlapping. Its buffer is made before the run and written
 * by its own task only, so that recording costs a look at the clock, some
 * stores and no lock. When it is full it counts what it could not hold, and the
 * clock is left alone.
 */
#ifndef BASE_LANE_H
#define BASE_LANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/timing.h"

enum lane_state {
    LANE_RUNS,   /* not under the interpreter lock, not in I/O */
    LANE_HOLDS,  /* holds the interpreter lock */
    LANE_WAITS,  /* waits for the interpreter lock */
    LANE_IO,     /* waits for I/O, the lock released */
    LANE_SLEEPS, /* sleeps, the lock released */
    LANE_PYTHON, /* inside CPython, which does not tell who holds its lock */
    LANE_STATES
};

struct slice {
    enum lane_state state;
    int64_t begin_ns; /* wall_ns() */
    int64_t end_ns;
};

struct lane {
    struct slice *slice;
    size_t slices;
    size_t capacity;
    uint64_t lost; /* slices that found the buffer full */

    struct slice *mark; /* what goes over several slices, as a request does */
    size_t marks;
    size_t mark_capacity;
    const char *mark_name;
};

void lane_init(struct lane *lane, size_t capacity);
void lane_free(struct lane *lane);

static inline bool lane_full(const struct lane *lane)
{
    return lane->slices == lane->capacity;
}

/* The time, as long as there is room to note it. */
static inline int64_t lane_now_ns(const struct lane *lane)
{
    return lane_full(lane) ? 0 : wall_ns();
}

/* Append what happened from begin to end. Slices come in order of time. */
void lane_add(struct lane *lane, enum lane_state state, int64_t begin_ns,
              int64_t end_ns);

/* Make room for so many marks, all called `name`, which outlives the lane. */
void lane_allow_marks(struct lane *lane, const char *name, uint64_t capacity);

/* Mark what happened from begin to end, if there is room. */
void lane_mark(struct lane *lane, int64_t begin_ns, int64_t end_ns);

/* Nanoseconds that `lane` spent in `state` between from and to. */
int64_t lane_time_ns(const struct lane *lane, enum lane_state state,
                     int64_t from_ns, int64_t to_ns);

#endif
