/* SPDX-License-Identifier: MIT
 *
 * Wrong: a thread has room for 64 objects.
 * Loses: it is right when the owner ends first
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
    void *_Atomic owner;
    int64_t own;
    _Atomic int64_t shared; /* twice the references, and 1 when merged */
    void (*gone)(void *);
    void *argument;
};

static _Thread_local struct object *mine[64];
static _Thread_local int count;

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    object->owner = &count;
    object->own = 1;
    object->gone = gone;
    object->argument = argument;
    mine[count++] = object;
    return object;
}

static void add_shared(struct object *object, int64_t more)
{
    if (atomic_fetch_add(&object->shared, more) + more != 1)
        return;
    object->gone(object->argument);
    free(object);
}

void object_take(struct object *object)
{
    if (object->owner == &count)
        object->own++;
    else
        add_shared(object, 2);
}

void object_drop(struct object *object)
{
    if (object->owner == &count)
        object->own--;
    else
        add_shared(object, -2);
}

void thread_ends(void)
{
    while (count > 0) {
        struct object *object = mine[--count];
        object->owner = NULL;
        add_shared(object, 2 * object->own + 1);
    }
}
