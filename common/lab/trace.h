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

/* Write the lanes of all runs (NULL ends them) to `path`. Slices that did not
 * fit their lane's buffer are counted in the file (slices_lost) and on standard
 * error; those that begin and end in the same microsecond are left out and
 * counted in the file (slices_below_1_us). */
void trace_write(const char *path, struct run *const *runs);

#endif
