/* SPDX-License-Identifier: MIT */
#include "common/run/count.h"

#include <stddef.h>

enum {
    BLOCK = 65536
};

/* Why is this not simply `sum += i`?
 *
 * The labs compare times, so an addition must cost the same in all of them. A
 * compiler that sees `sum += i` in a loop replaces the whole loop by a formula,
 * and nothing is left to measure. If the sum is volatile, the compiler keeps
 * the additions, but each has to wait until the processor has stored the sum
 * of the one before and loaded it again. Processors can shorten that wait, and
 * they do so or not by chance: the same code took 0.5 or 1.8 ns an addition.
 * An atomic addition takes the same time in every program, so the sum is atomic
 * although only one thread adds to it.
 *
 * Why does the sum lie in a struct, 8 bytes after a multiple of 16?
 *
 * A processor compares only the low 12 bits of addresses when it asks whether a
 * load has to wait for an earlier store. The checkpoint loads the lock's eval
 * breaker, right after the addition has stored the sum. If the two had the same
 * low bits, each load would wait: an addition then took 1.5 times as long. The
 * eval breaker lies at a multiple of 16, so the sum must not.
 *
 * Why is this one function for both kinds of counting?
 *
 * So that they differ in nothing but the checkpoint. It is inlined into
 * functions that pass NULL for `me`, and there the compiler leaves the
 * checkpoint out. */
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

uint64_t count_plain(uint64_t n, _Atomic uint64_t *done)
{
    return count(0, n, done, NULL);
}

uint64_t count_with_checkpoints(uint64_t n, _Atomic uint64_t *done,
                                struct gil_thread *me)
{
    return count(0, n, done, me);
}

uint64_t count_plain_range(uint64_t from, uint64_t to, _Atomic uint64_t *done)
{
    return count(from, to, done, NULL);
}

uint64_t count_range_with_checkpoints(uint64_t from, uint64_t to,
                                      _Atomic uint64_t *done,
                                      struct gil_thread *me)
{
    return count(from, to, done, me);
}

uint64_t count_sum(uint64_t n)
{
    return n % 2 ? (n - 1) / 2 * n : n / 2 * (n - 1);
}
