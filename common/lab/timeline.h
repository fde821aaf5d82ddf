/* SPDX-License-Identifier: MIT
 *
 * Who held the interpreter lock when, drawn in text from the tasks' lanes: one
 * row a thread, as wide as the terminal, readable without colour.
 *
 *     who held the lock, first 80 ms, 1.2 ms a cell: # holds, + partly, . waits
 *     task 1    ###+...####...~~~~~~~~~~
 *     task 2    ...+###....+###########
 *
 * A cell is what the thread did most of that time: blank if it had not begun or
 * has ended.
 */
#ifndef LAB_TIMELINE_H
#define LAB_TIMELINE_H

#include "common/run/tasks.h"

/* Print the first `ms` milliseconds of `run`, and when its record was full if
 * that was before. */
void timeline_print(const struct run *run, unsigned ms);

#endif
