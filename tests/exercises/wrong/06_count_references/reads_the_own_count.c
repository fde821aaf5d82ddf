/* SPDX-License-Identifier: MIT
 *
 * Wrong: who drops the last shared reference looks at the own count of the
 * owner.
 * Loses: it is right when the owner ends first
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
    pthread_t owner;
    int64_t own;
    _Atomic int64_t shared;
    void (*gone)(void *);
    void *argument;
};

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    object->owner = pthread_self();
    object->own = 1;
    object->gone = gone;
    object->argument = argument;
    return object;
}

void object_take(struct object *object)
{
    if (pthread_equal(object->owner, pthread_self()))
        object->own++;
    else
        object->shared++;
}

void object_drop(struct object *object)
{
    if (pthread_equal(object->owner, pthread_self()))
        object->own--;
    else
        object->shared--;
    if (object->own + object->shared == 0) {
        object->gone(object->argument);
        free(object);
    }
}

void thread_ends(void)
{
}
