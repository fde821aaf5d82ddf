/* SPDX-License-Identifier: MIT
 *
 * "At once": the most tasks that were in their critical part at the same
 * moment. It is counted, not timed, so it holds on any machine under any load:
 * 1 under the interpreter lock, N without it.
 */
#ifndef BASE_AT_ONCE_H
#define BASE_AT_ONCE_H

#include <stdatomic.h>

struct at_once {
    atomic_uint now;
    atomic_uint most;
};

static inline void at_once_enter(struct at_once *meter)
{
    unsigned now =
        atomic_fetch_add_explicit(&meter->now, 1, memory_order_relaxed) + 1;
    unsigned most = atomic_load_explicit(&meter->most, memory_order_relaxed);
    while (now > most && !atomic_compare_exchange_weak_explicit(
                             &meter->most, &most, now, memory_order_relaxed,
                             memory_order_relaxed))
        ;
}

static inline void at_once_leave(struct at_once *meter)
{
    atomic_fetch_sub_explicit(&meter->now, 1, memory_order_relaxed);
}

static inline unsigned at_once_most(const struct at_once *meter)
{
    return atomic_load_explicit(&meter->most, memory_order_relaxed);
}

#endif
