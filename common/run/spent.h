/* SPDX-License-Identifier: MIT
 *
 * Where a task's time went: what its lane says that it did, and, taken out of
 * that, the time in which it was ready to run and had no processor.
 */
#ifndef RUN_SPENT_H
#define RUN_SPENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/lane.h"

enum {
    SPENT_READY = LANE_STATES, /* waits for a processor */
    SPENT_KINDS
};

struct spent {
    int64_t ns[SPENT_KINDS]; /* enum lane_state, and SPENT_READY */
    bool known;              /* false: its lane has not recorded all of it */
};

/* What `lane` did between two times (wall_ns()). Where the lane says nothing,
 * the task ran. For `delay_ns` of that time it was ready and had no processor
 * (0 if the system does not tell). That time becomes SPENT_READY. It is taken
 * from the states in which a task computes, but not from the `cpu_ns` in which
 * the task had a processor. What is left of it is taken from the waits. */
struct spent spent_of(const struct lane *lane, int64_t from_ns, int64_t to_ns,
                      int64_t delay_ns, int64_t cpu_ns);

void spent_add(struct spent *sum, const struct spent *more);

/* The shares of the whole, in percent: whole numbers that add up to 100, all
 * zero if it is not known. */
void spent_percent(const struct spent *spent, int percent[SPENT_KINDS]);

#endif
