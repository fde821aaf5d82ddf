/* SPDX-License-Identifier: MIT
 *
 * Who held the interpreter lock when, drawn in text from the tasks' lanes: one
 * row a thread, as wide as the terminal, readable without colour.
 *
 *     task 1  ###...###...###...   # holds the lock
 *     task 2  ...###...###...###   . waits for it
 *     task 3  ======~~~~~~......   = runs without it   ~ waits for I/O
 */
#ifndef COMMON_TIMELINE_H
#define COMMON_TIMELINE_H

#include "tasks.h"

/* Print the first `ms` milliseconds of `run`. */
void timeline_print(const struct run *run, unsigned ms);

#endif
