/* SPDX-License-Identifier: MIT
 *
 * What each task did when, as a file that Perfetto (ui.perfetto.dev) and
 * speedscope open: the Trace Event Format's JSON, one process a run, one
 * lane a task, complete events ("ph": "X") with ts and dur in whole
 * microseconds.
 */
#ifndef LAB_TRACE_H
#define LAB_TRACE_H

#include "common/run/tasks.h"

/* Write the lanes of all runs (NULL ends them) to `path`. Fails if that is not
 * possible. A slice that did not fit its lane's buffer is counted in the file
 * (slices_lost), and a line on standard error says how many there were. A slice
 * that begins and ends in the same microsecond is left out, and counted in the
 * file (slices_below_1_us). */
void trace_write(const char *path, struct run *const *runs);

#endif
