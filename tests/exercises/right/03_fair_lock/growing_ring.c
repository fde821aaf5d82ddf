/* SPDX-License-Identifier: MIT
 *
 * Right: a ring of the numbers of those who wait; where it is full it is made
 * twice as large.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned long *ring; /* ring[first] has the lock */
    size_t size, first, count;
    unsigned long numbers;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->changed, NULL);
    lock->size = 2;
    lock->ring = allocate(lock->size, sizeof *lock->ring);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
    free(lock->ring);
    free(lock);
}

static void grow(struct lock *lock)
{
    unsigned long *ring = allocate(2 * lock->size, sizeof *ring);
    for (size_t i = 0; i < lock->count; i++)
        ring[i] = lock->ring[(lock->first + i) % lock->size];
    free(lock->ring);
    lock->ring = ring;
    lock->size *= 2;
    lock->first = 0;
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    unsigned long me = ++lock->numbers;
    if (lock->count == lock->size)
        grow(lock);
    lock->ring[(lock->first + lock->count++) % lock->size] = me;
    while (lock->ring[lock->first] != me)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->first = (lock->first + 1) % lock->size;
    lock->count--;
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}
