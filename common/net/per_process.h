/* SPDX-License-Identifier: MIT
 *
 * Several ways to make the same downloads, one after the other. Each has a
 * process of its own and a server of its own. The system tells the most memory
 * that a process had in use only for its whole life, so two ways in one process
 * would hide each other's.
 */
#ifndef NET_PER_PROCESS_H
#define NET_PER_PROCESS_H

#include "common/lab/options.h"
#include "common/net/mirror.h"
#include "common/run/tasks.h"

struct download_way {
    const char *run;  /* the name of its run */
    const char *loop; /* what people see instead; NULL: the name */
    void (*make_downloads)(struct run *run, struct mirror *mirror);
};

/* Let each way make its downloads in a process of its own. Opens a mirror for
 * each and closes it afterwards. Fills in the runs with what the ways measured,
 * startup_s among it, and with the peak_rss_bytes of each process. The lab must
 * have one thread. */
void run_per_process(const struct download_way *const *way, size_t ways,
                     const struct options *options, struct mirror *mirror,
                     struct run *run);

#endif
