/* SPDX-License-Identifier: MIT
 *
 * Wrong: tickets have 8 bits: of 256 threads that wait, the last has the
 * ticket of the one inside.
 * Loses: those who wait get the lock in the order they came
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t served;
    uint8_t next, now;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->served, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_cond_destroy(&lock->served);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    uint8_t mine = lock->next++;
    while (mine != lock->now)
        pthread_cond_wait(&lock->served, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->now++;
    pthread_cond_broadcast(&lock->served);
    pthread_mutex_unlock(&lock->mutex);
}
