/* SPDX-License-Identifier: MIT */
#include "common/run/work.h"

#include <inttypes.h>
#include <stddef.h>

#include "common/base/median.h"
#include "common/base/timing.h"
#include "common/lab/screen.h"

enum {
    BLOCK = 65536
};

/* An atomic addition, because it takes the same time whatever surrounds it. A
 * sum in a register the compiler replaces by the formula; a sum in plain memory
 * (volatile) ran at 0.5 or at 1.8 ns a turn, depending on how the processor
 * forwarded the store to the next load. The sum lies 8 bytes beside a multiple
 * of 16, what the checkpoint loads lies on one: a load waits for a store whose
 * address has the same low 12 bits, and a turn took 1.5 times as long where
 * they happened to. With me == NULL, inlined, there is no checkpoint at all. */
static inline uint64_t count(uint64_t from, uint64_t to, _Atomic uint64_t *done,
                             struct gil_thread *me)
{
    struct {
        _Alignas(16) uint64_t unused;
        _Atomic uint64_t sum;
    } frame = {0};
    uint64_t i = from;
    while (i < to) {
        uint64_t stop = to - i < BLOCK ? to : i + BLOCK;
        for (; i < stop; i++) {
            atomic_fetch_add_explicit(&frame.sum, i, memory_order_relaxed);
            if (me)
                gil_checkpoint(me);
        }
        atomic_store_explicit(done, i, memory_order_relaxed);
    }
    return frame.sum;
}

uint64_t work_count(uint64_t n, _Atomic uint64_t *done)
{
    return count(0, n, done, NULL);
}

uint64_t work_count_python(uint64_t n, _Atomic uint64_t *done,
                           struct gil_thread *me)
{
    return count(0, n, done, me);
}

uint64_t work_range(uint64_t from, uint64_t to, _Atomic uint64_t *done)
{
    return count(from, to, done, NULL);
}

uint64_t work_range_python(uint64_t from, uint64_t to, _Atomic uint64_t *done,
                           struct gil_thread *me)
{
    return count(from, to, done, me);
}

uint64_t work_sum(uint64_t n)
{
    return n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1);
}

/* CPU seconds of n turns of ours, under the lock `with` or, if NULL, none. */
static double try_turns(uint64_t n, const void *with)
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
        work_count_python(n, &done, &me);
        gil_drop(&me);
        lane_free(&lane);
        gil_destroy(&gil);
    } else {
        work_count(n, &done);
    }
    return stopwatch_read(&watch).cpu_s;
}

/* Double the turns until they take long enough to trust, which also wakes the
 * processor up; then the median of five tries, so that a moment in which the
 * machine was elsewhere does not count. */
uint64_t work_size_of(double seconds,
                      double (*cpu_s)(uint64_t n, const void *with),
                      const void *with)
{
    enum {
        TRIES = 5
    };
    double long_enough_s = seconds / 50;
    if (long_enough_s < 0.02)
        long_enough_s = 0.02;
    if (long_enough_s > 0.1)
        long_enough_s = 0.1;
    uint64_t n = 1 << 16;
    while (cpu_s(n, with) < long_enough_s)
        n *= 2;
    double took_s[TRIES];
    for (int i = 0; i < TRIES; i++)
        took_s[i] = cpu_s(n, with);
    double turns = (double)n * seconds / median(took_s, TRIES);
    return turns < 1 ? 1 : (uint64_t)turns;
}

uint64_t work_size(double seconds, const struct gil_config *lock)
{
    return work_size_of(seconds, try_turns, lock);
}

uint64_t work_turns(const struct options *options,
                    const struct gil_config *lock)
{
    return work_turns_mixed(options, lock, 0);
}

uint64_t work_turns_mixed(const struct options *options,
                          const struct gil_config *lock, double native)
{
    if (options->count)
        return options->count;
    double share = 0; /* of the seconds, that a turn takes on average */
    if (native < 1)
        share += (1 - native) / (double)work_size(options->seconds, lock);
    if (native > 0)
        share += native / (double)work_size(options->seconds, NULL);
    uint64_t turns = (uint64_t)(1 / share);
    screen_line("a task is %" PRIu64 " additions: %g s alone", turns,
                options->seconds);
    return turns;
}
