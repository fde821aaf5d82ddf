/* SPDX-License-Identifier: MIT
 *
 * Right: each thread has an array of what it owns; merged only when it ends.
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
    void *_Atomic owner; /* the address of the owner's array; NULL: merged */
    int64_t own;
    _Atomic int64_t shared; /* twice the references, and 1 when merged */
    void (*gone)(void *);
    void *argument;
};

static _Thread_local struct {
    struct object **object;
    size_t count, room;
} mine;

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    object->owner = &mine;
    object->own = 1;
    object->gone = gone;
    object->argument = argument;
    if (mine.count == mine.room) {
        mine.room = mine.room ? 2 * mine.room : 4;
        mine.object = realloc(mine.object, mine.room * sizeof *mine.object);
        if (!mine.object)
            fail("out of memory");
    }
    mine.object[mine.count++] = object;
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
    if (atomic_load_explicit(&object->owner, memory_order_relaxed) == &mine)
        object->own++;
    else
        add_shared(object, 2);
}

void object_drop(struct object *object)
{
    if (atomic_load_explicit(&object->owner, memory_order_relaxed) == &mine)
        object->own--;
    else
        add_shared(object, -2);
}

void thread_ends(void)
{
    for (size_t i = 0; i < mine.count; i++) {
        struct object *object = mine.object[i];
        object->owner = NULL;
        add_shared(object, 2 * object->own + 1);
    }
    free(mine.object);
    mine.object = NULL;
    mine.count = mine.room = 0;
}
