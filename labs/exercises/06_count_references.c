/* SPDX-License-Identifier: MIT
 *
 * Exercise 06: count references.
 *
 * An object lives as long as some thread holds a reference to it. Then gone()
 * is called, once. Each thread may take and drop references. A thread may also
 * drop a reference that another thread took. Run it: this count is wrong as
 * soon as two threads use it. That is why Python has its lock. Without the lock
 * an atomic count is right. But then each use of an object costs as much as if
 * all threads shared it, and most objects are used only by the thread that made
 * them.
 *
 * Your task, in struct object and the four functions:
 *   1. safe: gone() is called exactly once, when the last reference is dropped.
 *      Sometimes only the owner can know that it was the last, because the
 *      owner counts for itself. Then gone() is called in the owner's
 *      thread_ends() at the latest.
 *   2. fast: biased counting, as in free-threaded Python (PEP 703). The owner
 *      is the thread that made the object. It takes and drops without an atomic
 *      operation. The count must be right also when the owner ends first. Each
 *      thread calls thread_ends() as the last thing that it does with objects.
 *
 * Grade it: make grade EX=06_count_references (more hints: HINT=2, HINT=3)
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct object;
struct object *object_new(void (*gone)(void *), void *argument); /* 1 ref. */
void object_take(struct object *object);
void object_drop(struct object *object);
void thread_ends(void);

/* ---- yours: from here ---- */

struct object {
    _Atomic int64_t references;
    void (*gone)(void *);
    void *argument;
};

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = allocate(1, sizeof *object);
    atomic_init(&object->references, 1);
    object->gone = gone;
    object->argument = argument;
    return object;
}

/* Read, add, write; sometimes another thread runs in between. */
static int64_t add(struct object *object, int64_t more)
{
    static _Thread_local unsigned turn;
    int64_t before = atomic_load(&object->references);
    if (++turn % 16 == 0)
        sched_yield();
    atomic_store(&object->references, before + more);
    return before + more;
}

void object_take(struct object *object)
{
    add(object, 1);
}

void object_drop(struct object *object)
{
    if (add(object, -1) != 0)
        return;
    object->gone(object->argument);
    free(object);
}

void thread_ends(void)
{
}

/* ---- to here ---- */

static void count(void *times)
{
    (*(int *)times)++;
}

static void *use(void *object)
{
    for (int i = 0; i < 10000; i++)
        object_take(object);
    for (int i = 0; i < 10000; i++)
        object_drop(object);
    thread_ends();
    return NULL;
}

int main(void)
{
    int gone = 0;
    pthread_t thread[2];
    struct object *object = object_new(count, &gone);
    for (int i = 0; i < 1000000; i++) /* even a wrong count stays above 0 */
        object_take(object);
    for (int i = 0; i < 2; i++)
        if (pthread_create(&thread[i], NULL, use, object) != 0)
            fail("cannot start thread %d", i + 1);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    int drops = 0;
    for (; gone == 0 && drops < 2000000; drops++)
        object_drop(object);
    thread_ends();
    printf("1000001 references were left; it was gone after %d drops\n", drops);
    return drops == 1000001 && gone == 1 ? 0 : STATUS_FAILED;
}
