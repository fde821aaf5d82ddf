/* SPDX-License-Identifier: MIT
 *
 * The median: what a measurement says when the machine was elsewhere for some
 * of its tries.
 */
#ifndef BASE_MEDIAN_H
#define BASE_MEDIAN_H

#include <stddef.h>

/* Of at least one value. Sorts them; the mean of the middle two of an even
 * number. */
double median(double *value, size_t values);

#endif
