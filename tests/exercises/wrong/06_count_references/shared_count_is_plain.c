/* SPDX-License-Identifier: MIT
 *
 * Wrong: the count of the others is no atomic.
 * Loses: with several threads gone() is called once, after the last drop
 * Loses: it is right when the owner ends first
 * Loses: the owner pays less than for an atomic count
 * Loses: no data race
 */
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

/* shared: count * 2, and 1 when the owner's half has been merged into it */
struct owner {
    struct object *first;
};

static _Thread_local struct owner self;
struct object {
    _Atomic(struct owner *) owner; /* NULL: merged */
    int64_t local;                 /* the owner's */
    int64_t shared;
    struct object *next, *previous; /* in the owner's list */
    void (*gone)(void *);
    void *argument;
};

static void end(struct object *object)
{
    object->gone(object->argument);
    free(object);
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    atomic_init(&object->owner, &self);
    object->local = 1;
    object->shared = 0;
    object->gone = gone;
    object->argument = argument;
    object->next = self.first;
    if (self.first)
        self.first->previous = object;
    self.first = object;
    return object;
}

static bool mine(struct object *object)
{
    return atomic_load_explicit(&object->owner, memory_order_relaxed) == &self;
}

/* The owner gives up its half. */
static void merge(struct object *object)
{
    if (object->previous)
        object->previous->next = object->next;
    else
        self.first = object->next;
    if (object->next)
        object->next->previous = object->previous;
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    int64_t more = object->local * 2 + 1;
    object->shared += more;
    if (object->shared == 1)
        end(object);
}

void object_take(struct object *object)
{
    if (mine(object))
        object->local++;
    else
        object->shared += 2;
}

void object_drop(struct object *object)
{
    if (mine(object)) {
        if (--object->local == 0)
            merge(object);
    } else if ((object->shared -= 2) == 1)
        end(object);
}

void thread_ends(void)
{
    while (self.first)
        merge(self.first);
}
