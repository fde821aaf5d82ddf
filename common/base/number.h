/* SPDX-License-Identifier: MIT
 *
 * Numbers as people type them. Each function returns false, whatever it has
 * written, if the whole text is not such a number: no sign, no blank, nothing
 * behind it. No locale is asked: the decimal point is a point.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Digits only. */
bool number_whole(const char *text, uint64_t *value);

/* Seconds: 2 or 0.5, no exponent. */
bool number_seconds(const char *text, double *value);

/* Bytes: digits, then k, M, G, Ki, Mi, Gi or nothing. */
bool number_bytes(const char *text, uint64_t *value);

#endif
