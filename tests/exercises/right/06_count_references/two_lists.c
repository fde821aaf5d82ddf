/* SPDX-License-Identifier: MIT
 *
 * Right: one mutex for all that is not the owner alone; what others drop is
 * counted in a table.
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
    void *_Atomic owner; /* NULL: nobody's */
    int64_t own;
    int64_t others; /* with the mutex */
    struct object *next;
    void (*gone)(void *);
    void *argument;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local struct object *first;

struct object *object_new(void (*gone)(void *), void *argument)
{
    struct object *object = calloc(1, sizeof(struct object));
    if (object == NULL)
        fail("no memory");
    object->owner = &first;
    object->own = 1;
    object->next = first;
    object->gone = gone;
    object->argument = argument;
    first = object;
    return object;
}

void object_take(struct object *object)
{
    if (atomic_load_explicit(&object->owner, memory_order_relaxed) == &first) {
        object->own = object->own + 1;
        return;
    }
    pthread_mutex_lock(&mutex);
    object->others = object->others + 1;
    pthread_mutex_unlock(&mutex);
}

void object_drop(struct object *object)
{
    if (atomic_load_explicit(&object->owner, memory_order_relaxed) == &first) {
        object->own = object->own - 1;
        return;
    }
    pthread_mutex_lock(&mutex);
    object->others = object->others - 1;
    int last = object->owner == NULL && object->others == 0;
    pthread_mutex_unlock(&mutex);
    if (last) {
        object->gone(object->argument);
        free(object);
    }
}

void thread_ends(void)
{
    while (first) {
        struct object *object = first;
        first = object->next;
        pthread_mutex_lock(&mutex);
        object->owner = NULL;
        object->others += object->own;
        int last = object->others == 0;
        pthread_mutex_unlock(&mutex);
        if (last) {
            object->gone(object->argument);
            free(object);
        }
    }
}
