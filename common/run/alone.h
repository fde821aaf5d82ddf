/* SPDX-License-Identifier: MIT
 *
 * What something costs when nobody is in the way: one task, run by the calling
 * thread itself, under an interpreter lock that nobody else wants.
 */
#ifndef RUN_ALONE_H
#define RUN_ALONE_H

#include <stddef.h>
#include <stdint.h>

#include "common/lab/options.h"
#include "common/run/tasks.h"

/* CPU nanoseconds of one turn when task 1 runs `body` alone for `turns` turns,
 * with `with` as its own. The lock is the one that the options ask for. Says
 * nothing on the screen. One try only. */
double alone_ns(const struct options *options, uint64_t turns,
                void (*body)(struct task *task), void *with);

/* To compare some ways of doing a thing: try(way) says what one try of a way,
 * from 0 to ways - 1, cost. Five tries of each, taking turns, so that a machine
 * that becomes slower or faster does so for all of them; the least of each
 * way's goes to least[way]: what the machine adds to a try is never negative.
 */
void alone_compare(size_t ways, double *least,
                   double (*try)(size_t way, const struct options *options),
                   const struct options *options);

#endif
