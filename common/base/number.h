/* SPDX-License-Identifier: MIT
 *
 * Numbers as people type and read them. A function that reads one returns
 * false, whatever it has written, if the whole text is not such a number: no
 * sign, no blank, nothing behind it. No locale is asked: the decimal point is a
 * point.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Digits only. */
bool number_whole(const char *text, uint64_t *value);

/* Seconds: 2 or 0.5, no exponent. */
bool number_seconds(const char *text, double *value);

/* Bytes: digits, then k, M, G, Ki, Mi, Gi or nothing. */
bool number_bytes(const char *text, uint64_t *value);

/* Write a number to `digits` digits, and the noun: 1 processor, 1.5 processors.
 * The plural follows what is written: 0.999 to two digits is 1 processor. */
void number_of(char *text, size_t bytes, double number, int digits,
               const char *noun);

#endif
