/* SPDX-License-Identifier: MIT */
#include "common/run/calibrate.h"

#include <stddef.h>

#include "common/base/fail.h"
#include "common/base/statistics.h"
#include "common/base/timing.h"
#include "common/run/count.h"

/* CPU seconds of n additions, under the lock `with` or, if NULL, without. */
static double count_cpu_s(uint64_t n, const void *with)
{
    const struct gil_config *lock = with;
    _Atomic uint64_t done = 0;
    struct stopwatch watch = stopwatch_start(CLOCK_THREAD_CPUTIME_ID);
    if (lock) {
        struct gil gil;
        struct lane lane;
        gil_init(&gil, lock);
        lane_init(&lane, 2);
        struct gil_thread me = {.gil = &gil, .lane = &lane};
        gil_take(&me);
        count_with_checkpoints(n, &done, &me);
        gil_drop(&me);
        lane_free(&lane);
        gil_destroy(&gil);
    } else {
        count_plain(n, &done);
    }
    return stopwatch_read(&watch).cpu_s;
}

/* Double the work until it takes long enough to trust; that also wakes the
 * processor up. Then take the median of five tries, so that a busy moment does
 * not count. */
uint64_t calibrate_other(double seconds,
                         double (*cpu_s)(uint64_t n, const void *with),
                         const void *with)
{
    enum {
        TRIES = 5
    };
    double long_enough_s = seconds / 50;
    if (long_enough_s < 0.005)
        long_enough_s = 0.005;
    if (long_enough_s > 0.02)
        long_enough_s = 0.02;
    uint64_t n = 1 << 16;
    double took_s[TRIES];
    while ((took_s[0] = cpu_s(n, with)) < long_enough_s) {
        if (n >= UINT64_C(1) << 25 && took_s[0] <= 0)
            fail("the clock of processor time stands still");
        n *= 2;
    }
    for (int i = 0; i < TRIES; i++)
        took_s[i] = cpu_s(n, with);
    double pieces = (double)n * seconds / median(took_s, TRIES);
    return pieces < 1 ? 1 : (uint64_t)pieces;
}

uint64_t calibrate(double seconds, const struct gil_config *lock)
{
    return calibrate_other(seconds, count_cpu_s, lock);
}

uint64_t calibrate_mixed(double seconds, const struct gil_config *lock,
                         double native)
{
    double share = 0; /* of the seconds, that an addition takes on average */
    if (native < 1)
        share += (1 - native) / (double)calibrate(seconds, lock);
    if (native > 0)
        share += native / (double)calibrate(seconds, NULL);
    return (uint64_t)(1 / share);
}
