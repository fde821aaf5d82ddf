/* SPDX-License-Identifier: MIT
 *
 * What a lab says at its end: one table for people, the document's row under
 * it; or one JSON object, the same document type for all labs:
 *
 *     { "schema": 1, "lab": "05_gil_sim", "cpus": 2, "smt": false, "tasks": 2,
 *       "count": 480000000,
 *       "runs": [ { "name": "threads", "lock": "interval", "total_s": 2.09,
 *                   "cpu_s": 2.07, "cpu_per_wall": 0.99, "at_once": 1,
 *                   "task": [ { "wall_s": 2.08, "cpu_s": 1.03,
 *                               "result": "115199999760000000" }, ... ] } ],
 *       "ratio": { "each": 2.06, "total": 1.03 },
 *       "prediction": { "text": "half", "expected_s": 0.5,
 *                       "measured_s": 2.09, "factor": 4.18 } }
 *
 * Times are in seconds. A figure that a lab does not have is left out. Where a
 * lab makes several rounds the figures are medians, and `rounds` has each
 * one's; the prediction is of all rounds together. `spent` is where the time
 * went, in percent of the wall time: runs, holds (the lock), waits (for the
 * lock), io (waits for it), sleeps, python (in CPython), ready (waits for a
 * processor). `machine` is in percent of the time of all processors that this
 * process may use: what other programs used, what the hypervisor took, and what
 * a quota denied (throttled). `smt`: some of these processors are threads of
 * one core. Where `trusted` is false, `reason` says why the figures mean little
 * (lab/trust.h). Labs of downloads give bytes_per_task, rate_bytes_per_s,
 * link_bytes_per_s and url instead of count, and a task's bytes instead of its
 * result; a task that failed has an error instead of either. A prediction
 * (--predict) is of the first run's total; its factor is measured over
 * expected, and task_s is what one task takes alone, if that is known. Where a
 * wrong one tells what was believed, it has the belief and the answer to it
 * (lab/misconception.h).
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include <jansson.h>

#include "common/lab/lab.h"
#include "common/lab/source.h"
#include "common/run/rounds.h"
#include "common/run/tasks.h"

struct report {
    const struct lab *lab;
    const struct options *options;
    uint64_t count;       /* additions a task; 0: not counted */
    struct source source; /* of downloads */
    struct run *run[12];  /* in the order they ran; NULL ends */

    /* What the ratio compares; NULL: the first run with the one called serial,
     * if there is one. */
    const struct run *over;
    const struct run *under;

    /* The processors of a virtual machine, on which all runs were; 0: they were
     * on this one. */
    unsigned virtual_processors;

    /* Adds what only this lab has; NULL: nothing. */
    void (*extend)(json_t *json, const void *with);
    const void *with;
};

/* Print the report and free its runs. Returns the program's exit status:
 * failed if any task did, said in one line. */
int report_finish(struct report *report);

#endif
