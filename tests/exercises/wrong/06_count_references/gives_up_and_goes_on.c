/* SPDX-License-Identifier: MIT
 *
 * Wrong: who has dropped its last one gives the object up, and still counts as
 * its owner after that.
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

/* local: the owner's references; shared: twice the others', and the flag. */
enum {
    GIVEN_UP = 1,
    ONE = 2
};

struct object {
    _Atomic(struct object **) owner;
    int64_t local;
    _Atomic int64_t shared;
    struct object *next, **link;
    void (*gone)(void *);
    void *argument;
};

static _Thread_local struct object *mine;

static bool is_mine(struct object *object)
{
    return atomic_load_explicit(&object->owner, memory_order_relaxed) == &mine;
}

static void remove_mine(struct object *object)
{
    if (!object->link)
        return;
    *object->link = object->next;
    if (object->next)
        object->next->link = object->link;
    object->link = NULL;
}

static void finish(struct object *object)
{
    object->gone(object->argument);
    free(object);
}

static void give_up(struct object *object)
{
    int64_t more = object->local * ONE + GIVEN_UP;
    remove_mine(object);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    if (atomic_fetch_add(&object->shared, more) + more == GIVEN_UP)
        finish(object);
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    object->local = 1;
    object->gone = gone;
    object->argument = argument;
    atomic_init(&object->shared, 0);
    atomic_init(&object->owner, &mine);
    object->next = mine;
    object->link = &mine;
    if (mine)
        mine->link = &object->next;
    mine = object;
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
        if (atomic_fetch_sub(&object->shared, ONE) == ONE + GIVEN_UP)
            finish(object);
        return;
    }
    if (--object->local > 0)
        return;
    /* Not the owner's any more: from now on the others know the end. */
    remove_mine(object);
    if (atomic_load_explicit(&object->shared, memory_order_acquire) == 0 ||
        atomic_fetch_or(&object->shared, GIVEN_UP) == 0)
        finish(object);
}

void thread_ends(void)
{
    while (mine)
        give_up(mine);
}
