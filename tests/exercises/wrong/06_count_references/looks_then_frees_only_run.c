/* SPDX-License-Identifier: MIT
 *
 * Wrong: as looks_then_frees.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: it is right when the owner ends first
 * Loses: no data race
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"

struct object;
struct object *object_new(void (*gone)(void *), void *argument); /* 1 ref. */
void object_take(struct object *object);
void object_drop(struct object *object);
void thread_ends(void);

/* The address of `mine` is the thread's identity. */
static _Thread_local struct object *mine;

enum {
    MERGED = 1, /* the owner's count is in the shared one: nobody owns it */
    ONE = 2,    /* a reference, in the shared count */
};

struct object {
    long made_by;
    struct object **_Atomic owner; /* NULL: merged */
    int64_t own;                   /* the owner's alone */
    _Atomic int64_t shared;        /* may be below zero until merged */
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
    object->made_by = syscall(SYS_gettid);
    object->gone = gone;
    object->argument = argument;
    object->next = mine;
    object->before = &mine;
    if (mine)
        mine->before = &object->next;
    mine = object;
    return object;
}

/* Who leaves the shared count at zero and merged was the last. */
static void add_shared(struct object *object, int64_t more)
{
    atomic_fetch_add(&object->shared, more);
    if (atomic_load(&object->shared) != MERGED)
        return;
    object->gone(object->argument);
    free(object);
}

static void merge(struct object *object)
{
    *object->before = object->next;
    if (object->next)
        object->next->before = object->before;
    atomic_store_explicit(&object->owner, NULL, memory_order_relaxed);
    add_shared(object, object->own * ONE + MERGED);
}

void object_take(struct object *object)
{
    if (owned(object))
        object->own++;
    else
        atomic_fetch_add_explicit(&object->shared, ONE, memory_order_relaxed);
}

void object_drop(struct object *object)
{
    if (!owned(object))
        add_shared(object, -ONE);
    else if (--object->own == 0)
        merge(object);
}

void thread_ends(void)
{
    while (mine)
        merge(mine);
}
