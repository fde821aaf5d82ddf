/* SPDX-License-Identifier: MIT
 *
 * For locks.c, gates.c and calls.c: our objects in the memory of the system's.
 */
#ifndef VIRTUAL_OBJECTS_H
#define VIRTUAL_OBJECTS_H

#include "common/virtual/heap.h"
#include "common/virtual/threads.h"

/* That memory has another type: what is in it may alias. */
#define VIRTUAL_OBJECT __attribute__((may_alias))

/* Our object in the system's. macOS marks its own in their first bytes. */
#ifdef __APPLE__
#define VIRTUAL_OFFSET 8
#else
#define VIRTUAL_OFFSET 0
#endif
#define VIRTUAL_FITS(ours, systems)                                            \
    _Static_assert(sizeof(ours) + VIRTUAL_OFFSET <= sizeof(systems),           \
                   "our object lies in the memory of the system's")

static inline void *object_in(const volatile void *memory)
{
    return (char *)memory + VIRTUAL_OFFSET;
}

/* The last word of an object that has been destroyed. */
#define VIRTUAL_DESTROYED UINT32_C(0xdead0b1e)

/* The running thread destroys an object. That is to write to all of it: a race
 * with whoever uses it. */
static inline int destroy(void *memory, size_t bytes, uint32_t *last_word,
                          struct virtual_place here)
{
    if (virtual_me->threads->scheduler->sees_memory)
        virtual_write(memory, bytes, here);
    *last_word = VIRTUAL_DESTROYED;
    return 0;
}

/* Its step has come. */
static inline void reach(void)
{
    virtual_point();
    if (virtual_heap_freed_blocks &&
        virtual_heap_freed(virtual_me->point.object, 1))
        virtual_wrong("uses memory that is free already",
                      virtual_me->point.place);
}

/* The running thread is at a point that needs no more than this. */
static inline void point_at(enum point_kind kind, const void *object,
                            struct virtual_place here)
{
    virtual_me->point = (struct point){.kind = kind,
                                       .object = object,
                                       .until_ns = VIRTUAL_NEVER,
                                       .place = here};
    reach();
}

/* The same, at one where it may have to wait. True: it may do its step; false:
 * the time is up. */
static inline bool point_until(enum point_kind kind, const void *object,
                               bool (*ready)(const struct thread *me),
                               int64_t until_ns, struct virtual_place here)
{
    virtual_me->point = (struct point){.kind = kind,
                                       .object = object,
                                       .ready = ready,
                                       .until_ns = until_ns,
                                       .place = here};
    reach();
    return virtual_me->woken != WOKEN_BY_TIME;
}

static inline int64_t limit_ns(const struct timespec *until)
{
    return until ? (int64_t)until->tv_sec * 1000000000 + until->tv_nsec
                 : VIRTUAL_NEVER;
}

#endif
