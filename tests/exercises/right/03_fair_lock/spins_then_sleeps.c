/* SPDX-License-Identifier: MIT
 *
 * Right: atomic tickets; a waiter looks a hundred times, and then sleeps.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

enum {
    LOOKS = 100
};

struct lock {
    atomic_ulong next, serving;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->changed, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    unsigned long ticket = atomic_fetch_add(&lock->next, 1);
    for (int i = 0; i < LOOKS; i++)
        if (atomic_load(&lock->serving) == ticket)
            return;
    pthread_mutex_lock(&lock->mutex);
    while (atomic_load(&lock->serving) != ticket)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    atomic_fetch_add(&lock->serving, 1);
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}
