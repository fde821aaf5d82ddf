/* SPDX-License-Identifier: MIT
 *
 * The work of all CPU labs, as in the document: add up 0, 1, 2 ... n-1, one
 * addition a turn. Every lab does the same turns and must get the same sum, so
 * that the only difference between two rows of a table is what is being taught.
 */
#ifndef RUN_WORK_H
#define RUN_WORK_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/gil/gil.h"
#include "common/lab/options.h"

/* The additions of n turns, with no interpreter lock in the game. `done` shows
 * others how many turns are behind it, every 65,536 turns. */
uint64_t work_count(uint64_t n, _Atomic uint64_t *done);

/* The same, passing a checkpoint of the lock that `me` holds on each turn. */
uint64_t work_count_python(uint64_t n, _Atomic uint64_t *done,
                           struct gil_thread *me);

/* A piece of either: the turns from..to-1. Pieces that follow one another add
 * up to the same sum. */
uint64_t work_range(uint64_t from, uint64_t to, _Atomic uint64_t *done);
uint64_t work_range_python(uint64_t from, uint64_t to, _Atomic uint64_t *done,
                           struct gil_thread *me);

/* What the first two return: n(n-1)/2 modulo 2^64. */
uint64_t work_sum(uint64_t n);

/* How many turns one task makes in `seconds` of CPU time when it is alone,
 * found by a calibration of up to a second: plain turns, or, if `lock` is
 * not NULL, turns under that lock with nobody waiting. */
uint64_t work_size(double seconds, const struct gil_config *lock);

/* The same for turns of another kind: cpu_s(n, with) makes n of them and
 * returns the CPU seconds that took. */
uint64_t work_size_of(double seconds,
                      double (*cpu_s)(uint64_t n, const void *with),
                      const void *with);

/* What the command line asks for: --count, or the size for --seconds. */
uint64_t work_turns(const struct options *options,
                    const struct gil_config *lock);

/* The same for turns of which only the part `native`, from 0 to 1, is not under
 * the lock. */
uint64_t work_turns_mixed(const struct options *options,
                          const struct gil_config *lock, double native);

#endif
