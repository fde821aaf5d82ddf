/* SPDX-License-Identifier: MIT
 *
 * Load and store a number that threads share. To the processor these are a
 * plain load and a plain store. To C they are atomic: no thread sees half a
 * number, and a program in which threads race has a defined meaning. No order
 * of other loads and stores is promised. A load and a store are still two
 * steps, and another thread may come in between. Labs 08 and 09 show that.
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
