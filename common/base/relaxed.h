/* SPDX-License-Identifier: MIT
 *
 * Load and store memory that threads share, with nothing else promised: to the
 * processor these are the plain ones. As C atomics they have no undefined
 * behaviour, even where the lesson is a race.
 */
#ifndef BASE_RELAXED_H
#define BASE_RELAXED_H

#include <stdatomic.h>
#include <stdint.h>

static inline int64_t load_relaxed(const _Atomic int64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

static inline void store_relaxed(_Atomic int64_t *to, int64_t value)
{
    atomic_store_explicit(to, value, memory_order_relaxed);
}

#endif
