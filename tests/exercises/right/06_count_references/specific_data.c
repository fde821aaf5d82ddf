/* SPDX-License-Identifier: MIT
 *
 * Right: the owner is what pthread_getspecific() gives, made when it is first
 * asked for.
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

struct thread {
    struct object *first;
};

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_key(void)
{
    pthread_key_create(&key, free);
}

static struct thread *self(void)
{
    pthread_once(&once, make_key);
    struct thread *thread = pthread_getspecific(key);
    if (!thread) {
        thread = allocate(1, sizeof *thread);
        pthread_setspecific(key, thread);
    }
    return thread;
}

enum {
    MERGED = 1, /* the owner's count is in the shared one: nobody owns it */
    ONE = 2,    /* a reference, in the shared count */
};

struct object {
    struct thread *_Atomic owner;  /* NULL: merged */
    int64_t own;                   /* the owner's alone */
    _Atomic int64_t shared;        /* may be below zero until merged */
    struct object *next, **before; /* the owner's list */
    void (*gone)(void *);
    void *argument;
};

static bool owned(struct object *object)
{
    return atomic_load_explicit(&object->owner, memory_order_relaxed) == self();
}

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    struct thread *thread = self();
    atomic_init(&object->owner, thread);
    object->own = 1;
    object->gone = gone;
    object->argument = argument;
    object->next = thread->first;
    object->before = &thread->first;
    if (thread->first)
        thread->first->before = &object->next;
    thread->first = object;
    return object;
}

/* Who leaves the shared count at zero and merged was the last. */
static void add_shared(struct object *object, int64_t more)
{
    int64_t before =
        atomic_fetch_add_explicit(&object->shared, more, memory_order_acq_rel);
    if (before + more != MERGED)
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
    while (self()->first)
        merge(self()->first);
}
