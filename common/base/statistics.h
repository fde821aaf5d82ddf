/* SPDX-License-Identifier: MIT
 *
 * The two figures that describe many measurements: the median, which a few
 * tries on a busy machine do not move, and a percentile, which says what
 * happens now and then.
 */
#ifndef BASE_STATISTICS_H
#define BASE_STATISTICS_H

#include <stddef.h>

/* Of at least one value. Sorts them; the mean of the middle two of an even
 * number. */
double median(double *value, size_t values);

/* Of at least one value: the one that `percent` of all do not exceed, by the
 * nearest rank, so always one of them. Sorts them. */
double percentile(double *value, size_t values, unsigned percent);

#endif
