/* SPDX-License-Identifier: MIT
 *
 * What people see while a lab runs: lines on standard output, and below them,
 * only when standard error is a terminal, one line of progress that moves.
 * Any thread may call these.
 */
#ifndef LAB_SCREEN_H
#define LAB_SCREEN_H

#include <stdbool.h>

struct run;

/* No lines from now on: the output is JSON. Progress still shows. */
void screen_quiet(bool quiet);

/* Print a line (the newline is added), above the progress. */
__attribute__((format(printf, 1, 2))) void screen_line(const char *format, ...);

/* Flush standard output; fail if anything printed there was lost. */
void finish_output(void);

/* Show how far the tasks of `run` are, until progress_stop(). One at a time.
 * Nothing happens where standard error is not a terminal. */
void progress_start(const struct run *run);
void progress_stop(void);

/* From a signal handler: leave no half-drawn progress behind. */
void screen_restore(void);

#endif
