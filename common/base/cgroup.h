/* SPDX-License-Identifier: MIT
 *
 * What Linux's control groups grant this process: containers, batch systems and
 * systemd limit processor time with them. Both versions are read, cgroup(7):
 * the groups that a process is in are in /proc/self/cgroup, the folders where
 * they are mounted in /proc/self/mountinfo. A group's parents limit it too.
 */
#ifndef BASE_CGROUP_H
#define BASE_CGROUP_H

#include <stdint.h>

struct cgroup {
    double quota;         /* processors, as 0.5; INFINITY where none is set */
    int64_t throttled_ns; /* time without a processor for the quota, since boot;
                             0 where the system does not tell */
};

/* Of this process's group and its parents: the least quota, and the most time.
 */
struct cgroup cgroup_read(void);

#endif
