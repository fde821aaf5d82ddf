/* SPDX-License-Identifier: MIT
 *
 * How much work takes a given time on this machine. A calibration makes some
 * of the work, for up to a second, and measures its CPU time.
 */
#ifndef RUN_CALIBRATE_H
#define RUN_CALIBRATE_H

#include <stdint.h>

#include "common/gil/gil.h"

/* How many additions one task makes in `seconds` of CPU time when it is alone:
 * plain ones, or, if `lock` is not NULL, under that lock. */
uint64_t calibrate(double seconds, const struct gil_config *lock);

/* The same where only the part `native`, from 0 to 1, of the additions is made
 * without the lock. */
uint64_t calibrate_mixed(double seconds, const struct gil_config *lock,
                         double native);

/* The same for work of another kind: cpu_s(n, with) does n pieces of it and
 * returns the CPU seconds that they took. */
uint64_t calibrate_other(double seconds,
                         double (*cpu_s)(uint64_t n, const void *with),
                         const void *with);

#endif
