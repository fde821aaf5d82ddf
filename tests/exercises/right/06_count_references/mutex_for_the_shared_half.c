/* SPDX-License-Identifier: MIT
 *
 * Right: the owner counts for itself; all others under the mutex of the
 * object.
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

/* The address of `mine` is the thread's identity. */
static _Thread_local struct object *mine;

struct object {
    struct object **_Atomic owner; /* NULL: merged */
    int64_t own;                   /* the owner's alone */
    pthread_mutex_t mutex;         /* of the next two */
    int64_t shared;                /* may be below zero until merged */
    bool merged;
    struct object *next, **before; /* the owner's list */
    void (*gone)(void *);
    void *argument;
};

static bool owned(struct object *object)
{
    return atomic_load_explicit(&object->owner, memory_order_relaxed) == &mine;
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    atomic_init(&object->owner, &mine);
    object->own = 1;
    pthread_mutex_init(&object->mutex, NULL);
    object->gone = gone;
    object->argument = argument;
    object->next = mine;
    object->before = &mine;
    if (mine)
        mine->before = &object->next;
    mine = object;
    return object;
}

static void add_shared(struct object *object, int64_t more, bool merges)
{
    pthread_mutex_lock(&object->mutex);
    object->shared += more;
    object->merged |= merges;
    bool last = object->merged && object->shared == 0;
    pthread_mutex_unlock(&object->mutex);
    if (!last)
        return;
    pthread_mutex_destroy(&object->mutex);
    object->gone(object->argument);
    free(object);
}

static void merge(struct object *object)
{
    *object->before = object->next;
    if (object->next)
        object->next->before = object->before;
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    add_shared(object, object->own, true);
}

void object_take(struct object *object)
{
    if (owned(object))
        object->own++;
    else
        add_shared(object, 1, false);
}

void object_drop(struct object *object)
{
    if (!owned(object))
        add_shared(object, -1, false);
    else if (--object->own == 0)
        merge(object);
}

void thread_ends(void)
{
    while (mine)
        merge(mine);
}
