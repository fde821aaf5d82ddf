/* SPDX-License-Identifier: MIT
 *
 * CPU work that lasts as long as something else. Threads count under the lock
 * until they are told to stop. They also tell how fast they count: first while
 * that something happens, then while it does not.
 */
#ifndef RUN_CPU_LOAD_H
#define RUN_CPU_LOAD_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/run/tasks.h"

/* All zero to begin with; one for all threads of a run. */
struct cpu_load {
    atomic_bool stop;
    _Atomic uint64_t additions; /* of all threads together */
    uint64_t lap_additions;     /* as they were when the lap began */
    int64_t lap_ns;
};

/* The body of such a thread, which holds the lock: count until `stop`. The
 * task has failed if its sum is wrong. */
void cpu_load_count(struct cpu_load *load, struct task *task);

/* Begin a lap; returns the additions a second, by all threads, of the last
 * one. */
double cpu_load_lap(struct cpu_load *load);

#endif
