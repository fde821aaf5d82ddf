/* SPDX-License-Identifier: MIT
 *
 * Runs of downloads kept apart: each in a process of its own, one after the
 * other, with a server of its own. The most memory that a process had in use is
 * known for its whole life only, so two runs in one process could not be told
 * apart by it.
 */
#ifndef NET_APART_H
#define NET_APART_H

#include "common/lab/options.h"
#include "common/net/mirror.h"
#include "common/run/tasks.h"

/* One way to do a run of downloads. */
struct way {
    const char *name; /* of the run */
    const char *loop; /* what people see instead; NULL: the name */
    void (*go)(struct run *run, struct mirror *mirror);
};

/* Run each way on a mirror of its own, which is open only meanwhile, and fill
 * in the runs: what the way has measured, which includes startup_s, and its
 * process's peak_rss_bytes. */
void run_apart(const struct way *const *way, size_t ways,
               const struct options *options, struct mirror *mirror,
               struct run *run);

#endif
