/* SPDX-License-Identifier: MIT
 *
 * Wrong: where the owner keeps its objects is room for 1024 of them.
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

enum {
    MERGED = 1,
    ONE = 2,
    MOST = 1024 /* objects of a thread at the same time */
};

struct object {
    _Atomic(void *) owner;
    int64_t local;
    _Atomic int64_t shared;
    int place; /* in the owner's table; -1: none */
    void (*gone)(void *);
    void *argument;
};

static _Thread_local struct object *table[MOST];
static _Thread_local int used;

static bool is_mine(struct object *object)
{
    return atomic_load_explicit(&object->owner, memory_order_relaxed) == table;
}

static void clear_place(struct object *object)
{
    if (object->place < 0)
        return;
    struct object *moved = table[--used];
    table[object->place] = moved;
    moved->place = object->place;
}

static void finish(struct object *object)
{
    object->gone(object->argument);
    free(object);
}

static void merge(struct object *object)
{
    int64_t more = ONE * object->local + MERGED;
    clear_place(object);
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    if (atomic_fetch_add(&object->shared, more) + more == MERGED)
        finish(object);
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    atomic_init(&object->owner, table);
    atomic_init(&object->shared, 0);
    object->local = 1;
    object->gone = gone;
    object->argument = argument;
    object->place = -1;
    if (used < MOST) {
        object->place = used;
        table[used++] = object;
    }
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
    if (is_mine(object)) {
        if (--object->local > 0)
            return;
        if (atomic_load(&object->shared) != 0) {
            merge(object);
            return;
        }
        clear_place(object);
        finish(object);
    } else if (atomic_fetch_sub(&object->shared, ONE) == ONE + MERGED) {
        finish(object);
    }
}

void thread_ends(void)
{
    while (used > 0)
        merge(table[used - 1]);
}
