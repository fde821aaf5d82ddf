/* SPDX-License-Identifier: MIT
 *
 * Who held the interpreter lock when, drawn in text from the lanes of the
 * tasks. Each thread has a row, as wide as the terminal, readable without
 * colour.
 *
 *     who held the lock, first 80 ms, 1.2 ms a cell: # holds, + partly, . waits
 *     task 1    ###+...####...~~~~~~~~~~
 *     task 2    ...+###....+###########
 *
 * A cell shows what the thread did most of that time; it is blank if the thread
 * had not begun or has ended. Under a lane that has marks, as of requests, a
 * row of ^ shows where they are.
 */
#ifndef LAB_TIMELINE_H
#define LAB_TIMELINE_H

#include "common/run/tasks.h"

/* Print the first `ms` milliseconds of `run`, and when its record was full if
 * that was before. */
void timeline_print(const struct run *run, unsigned ms);

#endif
