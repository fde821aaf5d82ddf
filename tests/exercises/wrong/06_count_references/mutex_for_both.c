/* SPDX-License-Identifier: MIT
 *
 * Wrong: the owner and all others count under the mutex of the object.
 * Loses: the owner pays less than for an atomic count
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
    pthread_mutex_t mutex;
    int64_t own, others;
    pthread_t owner;
    void (*gone)(void *);
    void *argument;
};

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    pthread_mutex_init(&object->mutex, NULL);
    object->own = 1;
    object->owner = pthread_self();
    object->gone = gone;
    object->argument = argument;
    return object;
}

static bool add(struct object *object, int64_t more)
{
    pthread_mutex_lock(&object->mutex);
    if (pthread_equal(object->owner, pthread_self()))
        object->own += more;
    else
        object->others += more;
    bool last = object->own + object->others == 0;
    pthread_mutex_unlock(&object->mutex);
    return last;
}

void object_take(struct object *object)
{
    add(object, 1);
}

void object_drop(struct object *object)
{
    if (!add(object, -1))
        return;
    object->gone(object->argument);
    pthread_mutex_destroy(&object->mutex);
    free(object);
}

void thread_ends(void)
{
}
