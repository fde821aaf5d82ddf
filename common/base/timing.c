/* SPDX-License-Identifier: MIT */
#include "common/base/timing.h"

#include <errno.h>
#include <stddef.h>

bool clocks_work(void)
{
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_THREAD_CPUTIME_ID,
                                       CLOCK_PROCESS_CPUTIME_ID};
    struct timespec now;
    bool work = true;
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0] && work; i++)
        work = clock_gettime(clocks[i], &now) == 0;
    return work;
}

int64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

void sleep_ns(int64_t ns)
{
    struct timespec left = {.tv_sec = (time_t)(ns / 1000000000),
                            .tv_nsec = (long)(ns % 1000000000)};
    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
}

struct stopwatch stopwatch_start(clockid_t cpu_clock)
{
    return (struct stopwatch){
        .cpu_clock = cpu_clock,
        .wall_ns = wall_ns(),
        .cpu_ns = clock_ns(cpu_clock),
    };
}

struct elapsed stopwatch_read(const struct stopwatch *watch)
{
    return (struct elapsed){
        .wall_s = (double)(wall_ns() - watch->wall_ns) / 1e9,
        .cpu_s = (double)(clock_ns(watch->cpu_clock) - watch->cpu_ns) / 1e9,
    };
}
