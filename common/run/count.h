/* SPDX-License-Identifier: MIT
 *
 * The work of all CPU labs, as in the blog post: add up 0, 1, 2 ... n-1. Every
 * lab makes the same additions and must get the same sum. So the only
 * difference between two rows of a table is the thing that is taught.
 */
#ifndef RUN_COUNT_H
#define RUN_COUNT_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/gil/gil.h"

/* Make n additions, without an interpreter lock. `done` shows others how many
 * are made; it is written every 65,536 additions. */
uint64_t count_plain(uint64_t n, _Atomic uint64_t *done);

/* The same, with a checkpoint after each addition; `me` holds the lock. */
uint64_t count_with_checkpoints(uint64_t n, _Atomic uint64_t *done,
                                struct gil_thread *me);

/* A piece of either: the additions from..to-1. The sums of the pieces add up to
 * the sum of the whole. */
uint64_t count_plain_range(uint64_t from, uint64_t to, _Atomic uint64_t *done);
uint64_t count_range_with_checkpoints(uint64_t from, uint64_t to,
                                      _Atomic uint64_t *done,
                                      struct gil_thread *me);

/* What the first two must return: n(n-1)/2 modulo 2^64. */
uint64_t count_sum(uint64_t n);

#endif
