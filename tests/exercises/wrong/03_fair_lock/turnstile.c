/* SPDX-License-Identifier: MIT
 *
 * Wrong: two mutexes, one of them to stand in front of the other. Who stands
 * before the first is let in by luck.
 * Loses: those who wait get the lock in the order they came
 */
#include <pthread.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    pthread_mutex_t turnstile, mutex;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->turnstile, NULL);
    pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    pthread_mutex_destroy(&lock->turnstile);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->turnstile);
    pthread_mutex_lock(&lock->mutex);
    pthread_mutex_unlock(&lock->turnstile);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}
