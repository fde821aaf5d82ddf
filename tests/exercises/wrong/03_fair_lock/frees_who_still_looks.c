/* SPDX-License-Identifier: MIT
 *
 * Wrong: drop frees the node of the one that it wakes, who looks at it once
 * more.
 * Loses: no data race
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct waiter {
    pthread_cond_t mine;
    bool has_it;
    struct waiter *next;
};

struct lock {
    pthread_mutex_t mutex;
    bool held;
    struct waiter *first, **last;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    lock->last = &lock->first;
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    if (lock->held) {
        struct waiter *me = allocate(1, sizeof *me);
        pthread_cond_init(&me->mine, NULL);
        *lock->last = me;
        lock->last = &me->next;
        while (!me->has_it)
            pthread_cond_wait(&me->mine, &lock->mutex);
    }
    lock->held = true;
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    struct waiter *next = lock->first;
    if (next) {
        lock->first = next->next;
        if (!lock->first)
            lock->last = &lock->first;
        next->has_it = true;
        pthread_cond_signal(&next->mine);
        free(next);
    } else {
        lock->held = false;
    }
    pthread_mutex_unlock(&lock->mutex);
}
