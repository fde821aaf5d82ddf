/* SPDX-License-Identifier: MIT
 *
 * Two clocks and a stopwatch that reads both at once.
 *
 * Wall time is what a person waits (CLOCK_MONOTONIC: it never steps back).
 * CPU time is what the processors spent on us (CLOCK_THREAD_CPUTIME_ID or
 * CLOCK_PROCESS_CPUTIME_ID). CPU divided by wall is "cores used": under the
 * interpreter lock it cannot pass 1, however busy the machine is meanwhile.
 */
#ifndef BASE_TIMING_H
#define BASE_TIMING_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct elapsed {
    double wall_s;
    double cpu_s;
};

/* CPU divided by wall: how many processors were at work on average. */
static inline double cpu_per_wall(const struct elapsed *time)
{
    return time->cpu_s / time->wall_s;
}

struct stopwatch {
    clockid_t cpu_clock;
    int64_t wall_ns;
    int64_t cpu_ns;
};

/* Can this process read the clocks? Where it cannot, no figure means anything.
 */
bool clocks_work(void);

/* Nanoseconds on `clock`; only differences mean anything. */
int64_t clock_ns(clockid_t clock);

/* Wall-clock nanoseconds, monotonic. */
int64_t wall_ns(void);

/* Sleep this long at least, whatever signals come. */
void sleep_ns(int64_t ns);

/* Start now; cpu_clock says whose CPU time: this thread's or the process's. */
struct stopwatch stopwatch_start(clockid_t cpu_clock);

/* Time since the start; may be read many times. */
struct elapsed stopwatch_read(const struct stopwatch *watch);

#endif
