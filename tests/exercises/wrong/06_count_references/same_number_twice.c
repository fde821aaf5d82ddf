/* SPDX-License-Identifier: MIT
 *
 * Wrong: two threads that make their first object at the same time may get the
 * same number.
 * Loses: with several threads gone() is called once, after the last drop
 * Loses: the owner pays less than for an atomic count
 * Loses: no data race
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct object;
struct object *object_new(void (*gone)(void *), void *argument); /* 1 ref. */
void object_take(struct object *object);
void object_drop(struct object *object);
void thread_ends(void);

/* Every thread that makes objects gets a number; 0: no owner any more. */
enum {
    MERGED = 1,
    ONE = 2
};

struct object {
    _Atomic uint64_t owner;
    int64_t local;
    _Atomic int64_t shared;
    struct object *next, *previous;
    void (*gone)(void *);
    void *argument;
};

static uint64_t threads;
static _Thread_local uint64_t me;
static _Thread_local struct object *first;

static bool is_mine(struct object *object)
{
    uint64_t owner = atomic_load_explicit(&object->owner, memory_order_relaxed);
    return owner != 0 && owner == me;
}

static void detach(struct object *object)
{
    if (object->previous)
        object->previous->next = object->next;
    else
        first = object->next;
    if (object->next)
        object->next->previous = object->previous;
}

static void delete (struct object *object)
{
    object->gone(object->argument);
    free(object);
}

static void merge(struct object *object)
{
    int64_t more = ONE * object->local + MERGED;
    detach(object);
    atomic_store_explicit(&object->owner, 0, memory_order_relaxed);
    if (atomic_fetch_add(&object->shared, more) + more == MERGED)
        delete (object);
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    if (me == 0)
        me = ++threads;
    struct object *object = allocate(1, sizeof *object);
    atomic_init(&object->owner, me);
    atomic_init(&object->shared, 0);
    object->local = 1;
    object->gone = gone;
    object->argument = argument;
    object->next = first;
    if (first)
        first->previous = object;
    first = object;
    return object;
}

void object_take(struct object *object)
{
    if (is_mine(object))
        object->local++;
    else
        atomic_fetch_add(&object->shared, ONE);
}

void object_drop(struct object *object)
{
    if (!is_mine(object)) {
        if (atomic_fetch_sub(&object->shared, ONE) == ONE + MERGED)
            delete (object);
        return;
    }
    if (--object->local > 0)
        return;
    if (atomic_load(&object->shared) == 0) {
        detach(object);
        delete (object);
    } else {
        merge(object);
    }
}

void thread_ends(void)
{
    while (first)
        merge(first);
}
