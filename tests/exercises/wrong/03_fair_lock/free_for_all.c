/* SPDX-License-Identifier: MIT
 *
 * Wrong: there is a queue, but a lock that is dropped is free until the first
 * in it wakes up.
 * Loses: who drops the lock does not take it again before those who wait
 * Loses: those who wait get the lock in the order they came
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
    while (lock->held) {
        struct waiter me = {.has_it = false};
        pthread_cond_init(&me.mine, NULL);
        *lock->last = &me;
        lock->last = &me.next;
        while (!me.has_it)
            pthread_cond_wait(&me.mine, &lock->mutex);
        pthread_cond_destroy(&me.mine);
    }
    lock->held = true;
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->held = false;
    struct waiter *next = lock->first;
    if (next) {
        lock->first = next->next;
        if (!lock->first)
            lock->last = &lock->first;
        next->has_it = true;
        pthread_cond_signal(&next->mine);
    }
    pthread_mutex_unlock(&lock->mutex);
}
