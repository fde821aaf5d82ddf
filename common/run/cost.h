/* SPDX-License-Identifier: MIT
 *
 * What something costs a thread that nobody disturbs: one task, run by the
 * calling thread itself, under an interpreter lock that no other thread wants.
 */
#ifndef RUN_COST_H
#define RUN_COST_H

#include <stddef.h>
#include <stdint.h>

#include "common/run/tasks.h"

/* CPU nanoseconds of one iteration when task 1 runs `body` for `iterations` of
 * them, with `with` as its data. The listener hears nothing of it. */
double cost_ns(const struct gil_config *lock, uint64_t iterations,
               void (*body)(struct task *task), void *with);

/* Compare several ways of doing a thing: try(way, with) says what one try of a
 * way, from 0 to ways - 1, cost. There are five tries of each. The ways
 * alternate, so that a machine that becomes slower or faster does so for all of
 * them. The least of each way's tries goes to least[way]: what the machine adds
 * to a try is never negative. */
void cost_compare(size_t ways, double *least,
                  double (*try)(size_t way, const void *with),
                  const void *with);

#endif
