/* SPDX-License-Identifier: MIT
 *
 * Wrong: a drop changes the count of the others before it has the mutex.
 * Loses: with several threads gone() is called once, after the last drop
 * Loses: it is right when the owner ends first
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

struct object {
    pthread_mutex_t mutex; /* for shared, merged */
    int64_t shared;
    bool merged;
    uint64_t owner;
    int64_t local;
    void (*gone)(void *);
    void *argument;
    struct object *next, **at;
};

static atomic_uint_least64_t threads;
static _Thread_local uint64_t my_id;
static _Thread_local struct object *objects;
static uint64_t me(void)
{
    if (my_id == 0)
        my_id = atomic_fetch_add(&threads, 1) + 1;
    return my_id;
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    pthread_mutex_init(&object->mutex, NULL);
    object->owner = me();
    object->local = 1;
    object->gone = gone;
    object->argument = argument;
    object->next = objects;
    object->at = &objects;
    if (objects)
        objects->at = &object->next;
    objects = object;
    return object;
}

static void unlink_it(struct object *object)
{
    *object->at = object->next;
    if (object->next)
        object->next->at = object->at;
}

/* with the mutex; lets go of it */
static void check(struct object *object)
{
    bool dead = object->merged && object->shared == 0;
    pthread_mutex_unlock(&object->mutex);
    if (!dead)
        return;
    object->gone(object->argument);
    pthread_mutex_destroy(&object->mutex);
    free(object);
}

static void merge(struct object *object)
{
    unlink_it(object);
    pthread_mutex_lock(&object->mutex);
    object->shared += object->local;
    object->local = 0;
    object->merged = true;
    check(object);
}

/* local: a count below 0 is allowed; the owner looks at the rest then */
void object_take(struct object *object)
{
    if (object->owner == me()) {
        object->local++;
        return;
    }
    pthread_mutex_lock(&object->mutex);
    object->shared++;
    pthread_mutex_unlock(&object->mutex);
}

void object_drop(struct object *object)
{
    if (object->owner == me()) {
        if (--object->local > 0)
            return;
        pthread_mutex_lock(&object->mutex);
        bool dead = object->local + object->shared == 0;
        pthread_mutex_unlock(&object->mutex);
        if (!dead)
            return;
        unlink_it(object);
        object->gone(object->argument);
        pthread_mutex_destroy(&object->mutex);
        free(object);
        return;
    }
    object->shared--;
    pthread_mutex_lock(&object->mutex);
    check(object);
}

void thread_ends(void)
{
    while (objects)
        merge(objects);
}
