/* SPDX-License-Identifier: MIT
 *
 * What people see: lines on standard output, messages on standard error, and
 * below them one line of progress that moves. Any thread may call these.
 */
#ifndef LAB_SCREEN_H
#define LAB_SCREEN_H

#include <stdbool.h>

/* No lines from now on: the output is JSON. */
void screen_quiet(bool quiet);

/* No lines for a while: what happens was told before. */
void screen_mute(bool mute);

/* Print a line (the newline is added), above the progress. */
__attribute__((format(printf, 1, 2))) void screen_line(const char *format, ...);

/* Paint the progress on standard error; "" takes it away. */
void screen_progress(const char *text);

/* For fail_print_with(): a message, above the progress. After the last one
 * nothing is painted any more. */
void screen_message(const char *line, bool last);

/* Flush standard output; fail if anything printed there was lost. */
void finish_output(void);

/* From a signal handler: leave no half-drawn progress behind. */
void screen_restore(void);

#endif
