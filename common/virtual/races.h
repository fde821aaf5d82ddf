/* SPDX-License-Identifier: MIT
 *
 * Data races: two threads use the same memory, one of them writes, not both
 * use atomics, and nothing says which comes first. C calls what then happens
 * undefined, so this is a mistake even in an order in which all goes well.
 *
 * "Nothing says which comes first" is found with vector clocks (Lamport,
 * Mattern; as in ThreadSanitizer's FastTrack). A thread's clock counts its own
 * steps, and says of each other thread how many steps of it came before:
 *
 *     to unlock a mutex    leaves the thread's clock with the mutex
 *     to lock it           adds what was left there to the thread's clock
 *
 * So do semaphores, barriers, onces, creating and joining, and atomics as far
 * as their memory order says: a release leaves, an acquire adds, a relaxed
 * access does neither. To signal a condition leaves nothing: its mutex does.
 *
 * To lock a mutex, to signal a condition, to post a semaphore is also to use
 * its memory: a race with whoever destroys or frees it.
 *
 * The orders that are walked are sequentially consistent. What only a weaker
 * memory order can show is therefore not seen, unless it is a race as well.
 */
#ifndef VIRTUAL_RACES_H
#define VIRTUAL_RACES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/virtual/threads.h"

struct races;

/* One use of memory, as it is remembered. */
struct access {
    uint32_t clock; /* of its thread, then */
    struct virtual_place place;
    uint16_t thread; /* its number - 1 */
    uint8_t bytes;   /* of the eight here, one bit each */
    uint8_t kind;    /* enum point_kind */
    bool writes;
    bool atomic;
};

struct races *races_new(void);
void races_free(struct races *races);

/* A new execution begins. */
void races_begin(struct races *races);

/* `me` has done the step of its point, or will do its plain read or write now.
 * Returns an earlier use of memory with which this is a race, until the next
 * call; NULL: there is none. */
const struct access *races_step(struct races *races, const struct thread *me);

#endif
