/* SPDX-License-Identifier: MIT
 *
 * What people see while a run goes on: a line when a task has ended, one when
 * all have, and, where standard error is a terminal, a line that shows how far
 * each task is.
 */
#ifndef LAB_PROGRESS_H
#define LAB_PROGRESS_H

/* Show all runs from now on, one at a time. */
void progress_show(void);

#endif
