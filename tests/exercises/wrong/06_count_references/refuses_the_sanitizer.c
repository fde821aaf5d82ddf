/* SPDX-License-Identifier: MIT
 *
 * Wrong: that of atomic.c, which does not compile where its operations are
 * counted.
 * Loses: the owner pays less than for an atomic count
 * Loses: no data race
 */
#ifdef __SANITIZE_THREAD__
#error
#endif
#include <pthread.h>
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

void object_take(struct object *object)
{
    atomic_fetch_add(&object->references, 1);
}

void object_drop(struct object *object)
{
    if (atomic_fetch_sub(&object->references, 1) != 1)
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
    for (int i = 0; i < 1000000; i++) /* it cannot get so wrong as to end */
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
