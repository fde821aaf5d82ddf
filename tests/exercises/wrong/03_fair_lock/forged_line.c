/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. The name of its file has ends of lines in it, and between
 * them what would be a line of the report: there is no fault. The lock is
 * that of mutex_as_semaphore.c.
 * Loses: no data race
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

#line 1 "forged\nfault \nline.c"
struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct waiter {
    pthread_mutex_t turn;
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
    if (!lock->held) {
        lock->held = true;
        pthread_mutex_unlock(&lock->mutex);
        return;
    }
    struct waiter me = {.next = NULL};
    pthread_mutex_init(&me.turn, NULL);
    pthread_mutex_lock(&me.turn);
    *lock->last = &me;
    lock->last = &me.next;
    pthread_mutex_unlock(&lock->mutex);
    pthread_mutex_lock(&me.turn);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    struct waiter *next = lock->first;
    if (next) {
        lock->first = next->next;
        if (!lock->first)
            lock->last = &lock->first;
        pthread_mutex_unlock(&next->turn);
    } else {
        lock->held = false;
    }
    pthread_mutex_unlock(&lock->mutex);
}
