/* SPDX-License-Identifier: MIT
 *
 * Every access to memory that threads may share, as a point. The compiler calls
 * these functions before each one where -fsanitize=thread asks it to; linked
 * without the sanitizer's own library, they are ours. It does not call them for
 * variables whose address never leaves a function. What it calls them for, but
 * lies on the running thread's own stack, or is errno, is no point.
 *
 * Its line is that of the address that the function is called from. WebAssembly
 * has no such addresses: there virtual_at() is called first, and says the line
 * (scripts/explore_places.py).
 *
 * A plain access follows when the function returns. An atomic one is done here,
 * in the strongest order; the order that was asked for stands in the point.
 */
#include "common/virtual/heap.h"
#include "common/virtual/sync.h"
#include "common/virtual/threads.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)

/* The stack grows downwards: what lies between here and its base is its own. */
static bool on_own_stack(const volatile void *memory)
{
    uintptr_t address = (uintptr_t)memory;
    return address >= (uintptr_t)__builtin_frame_address(0) &&
           address <= (uintptr_t)virtual_me->stack_base;
}

#ifdef __EMSCRIPTEN__

static struct virtual_place called_at;

void virtual_at(const char *file, unsigned line);
void virtual_at(const char *file, unsigned line)
{
    called_at = (struct virtual_place){file, line};
}

#define CALLER called_at

#else

#define CALLER VIRTUAL_CALLER

#endif

static bool reach(enum point_kind kind, const volatile void *memory,
                  size_t bytes, int order, struct virtual_place place)
{
    struct scheduler *scheduler =
        virtual_me ? virtual_me->threads->scheduler : NULL;
    if (!scheduler || !scheduler->sees_memory || memory == &errno ||
        (memory &&
         (bytes == 0 || (!scheduler->sees_own_stack && on_own_stack(memory)))))
        return false;
    virtual_me->point = (struct point){.kind = kind,
                                       .object = (const void *)memory,
                                       .bytes = bytes,
                                       .order = order,
                                       .until_ns = VIRTUAL_NEVER,
                                       .place = place};
    if (virtual_heap_freed_blocks && virtual_heap_freed(memory, bytes))
        virtual_wrong("uses memory that is free already", place);
    if (order == VIRTUAL_PLAIN)
        virtual_use();
    else
        virtual_point();
    return true;
}

/* What the compiler calls has no prototype of its own. */
#define FUNCTION(result, name, ...)                                            \
    result __tsan_##name(__VA_ARGS__);                                         \
    result __tsan_##name(__VA_ARGS__)

#define PLAIN(name, kind, size)                                                \
    FUNCTION(void, name##size, void *memory)                                   \
    {                                                                          \
        reach(kind, memory, size, VIRTUAL_PLAIN, CALLER);                      \
    }
#define PLAIN_SIZE(size)                                                       \
    PLAIN(read, POINT_READ, size)                                              \
    PLAIN(write, POINT_WRITE, size)                                            \
    PLAIN(unaligned_read, POINT_READ, size)                                    \
    PLAIN(unaligned_write, POINT_WRITE, size)

PLAIN_SIZE(1)
PLAIN_SIZE(2)
PLAIN_SIZE(4)
PLAIN_SIZE(8)
PLAIN_SIZE(16)

FUNCTION(void, read_range, void *memory, size_t bytes)
{
    reach(POINT_READ, memory, bytes, VIRTUAL_PLAIN, CALLER);
}

FUNCTION(void, write_range, void *memory, size_t bytes)
{
    reach(POINT_WRITE, memory, bytes, VIRTUAL_PLAIN, CALLER);
}

/* clang calls the first three itself; system_names.h calls the others. */
#define SET(name)                                                              \
    void *name(void *memory, int byte, size_t bytes);                          \
    void *name(void *memory, int byte, size_t bytes)                           \
    {                                                                          \
        reach(POINT_WRITE, memory, seen_of(bytes), VIRTUAL_PLAIN, CALLER);     \
        return memset(memory, byte, bytes);                                    \
    }
#define COPY(name, function)                                                   \
    void *name(void *to, const void *from, size_t bytes);                      \
    void *name(void *to, const void *from, size_t bytes)                       \
    {                                                                          \
        reach(POINT_READ, from, seen_of(bytes), VIRTUAL_PLAIN, CALLER);        \
        reach(POINT_WRITE, to, seen_of(bytes), VIRTUAL_PLAIN, CALLER);         \
        return function(to, from, bytes);                                      \
    }

static size_t seen_of(size_t bytes)
{
    return bytes < VIRTUAL_MOST_SEEN ? bytes : VIRTUAL_MOST_SEEN;
}

SET(__tsan_memset)
COPY(__tsan_memcpy, memcpy)
COPY(__tsan_memmove, memmove)
SET(virtual_memset)
COPY(virtual_memcpy, memcpy)
COPY(virtual_memmove, memmove)

FUNCTION(void, init, void)
{
}

FUNCTION(void, func_entry, void *caller)
{
    (void)caller;
}

FUNCTION(void, func_exit, void)
{
}

#define STRONGEST __ATOMIC_SEQ_CST

/* An atomic access: a point, the access, and done. */
#define ATOMIC(kind, bits, access)                                             \
    bool seen = reach(kind, memory, bits / 8, order, CALLER);                  \
    access;                                                                    \
    if (seen)                                                                  \
        virtual_done();

#define CHANGE(bits, change)                                                   \
    FUNCTION(uint##bits##_t, atomic##bits##_##change,                          \
             volatile uint##bits##_t *memory, uint##bits##_t value, int order) \
    {                                                                          \
        ATOMIC(POINT_CHANGE, bits,                                             \
               value = __atomic_##change(memory, value, STRONGEST))            \
        return value;                                                          \
    }
#define __atomic_exchange __atomic_exchange_n

/* What compares and finds another value only reads, in an order of its own. */
static bool compared(bool same, bool seen, int failure)
{
    if (seen && !same) {
        virtual_me->point.kind = POINT_READ;
        virtual_me->point.order = failure;
    }
    return same;
}

#define COMPARE(bits, strength)                                                \
    FUNCTION(int, atomic##bits##_compare_exchange_##strength,                  \
             volatile uint##bits##_t *memory, uint##bits##_t *expected,        \
             uint##bits##_t value, int order, int failure)                     \
    {                                                                          \
        ATOMIC(POINT_CHANGE, bits,                                             \
               bool same = compared(                                           \
                   __atomic_compare_exchange_n(memory, expected, value, false, \
                                               STRONGEST, STRONGEST),          \
                   seen, failure))                                             \
        return same;                                                           \
    }

/* The same as clang calls it: returns what it found. */
#define COMPARE_VALUE(bits)                                                    \
    FUNCTION(uint##bits##_t, atomic##bits##_compare_exchange_val,              \
             volatile uint##bits##_t *memory, uint##bits##_t expected,         \
             uint##bits##_t value, int order, int failure)                     \
    {                                                                          \
        ATOMIC(                                                                \
            POINT_CHANGE, bits,                                                \
            compared(__atomic_compare_exchange_n(memory, &expected, value,     \
                                                 false, STRONGEST, STRONGEST), \
                     seen, failure))                                           \
        return expected;                                                       \
    }

#define LOAD(bits)                                                             \
    FUNCTION(uint##bits##_t, atomic##bits##_load,                              \
             const volatile uint##bits##_t *memory, int order)                 \
    {                                                                          \
        ATOMIC(POINT_READ, bits,                                               \
               uint##bits##_t value = __atomic_load_n(memory, STRONGEST))      \
        return value;                                                          \
    }

#define STORE(bits)                                                            \
    FUNCTION(void, atomic##bits##_store, volatile uint##bits##_t *memory,      \
             uint##bits##_t value, int order)                                  \
    {                                                                          \
        ATOMIC(POINT_WRITE, bits, __atomic_store_n(memory, value, STRONGEST))  \
    }

#define CHANGES(bits)                                                          \
    CHANGE(bits, exchange)                                                     \
    CHANGE(bits, fetch_add)                                                    \
    CHANGE(bits, fetch_sub)                                                    \
    CHANGE(bits, fetch_and)                                                    \
    CHANGE(bits, fetch_or)                                                     \
    CHANGE(bits, fetch_xor)                                                    \
    CHANGE(bits, fetch_nand)

#define ATOMIC_SIZE(bits)                                                      \
    LOAD(bits)                                                                 \
    STORE(bits)                                                                \
    CHANGES(bits)                                                              \
    COMPARE(bits, strong)                                                      \
    COMPARE(bits, weak)                                                        \
    COMPARE_VALUE(bits)

ATOMIC_SIZE(8)
ATOMIC_SIZE(16)
ATOMIC_SIZE(32)
ATOMIC_SIZE(64)

FUNCTION(void, atomic_thread_fence, int order)
{
    if (reach(POINT_FENCE, NULL, 0, order, CALLER))
        virtual_done();
}

FUNCTION(void, atomic_signal_fence, int order)
{
    (void)order;
}

bool virtual_sees_memory(void)
{
    return true;
}

#else

bool virtual_sees_memory(void)
{
    return false;
}

void *virtual_memset(void *memory, int byte, size_t bytes)
{
    return memset(memory, byte, bytes);
}

void *virtual_memcpy(void *to, const void *from, size_t bytes)
{
    return memcpy(to, from, bytes);
}

void *virtual_memmove(void *to, const void *from, size_t bytes)
{
    return memmove(to, from, bytes);
}

#endif
