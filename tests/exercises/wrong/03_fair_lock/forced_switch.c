/* SPDX-License-Identifier: MIT
 *
 * Wrong: as in CPython drop waits until another has it, whichever that is.
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

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool held;
    unsigned waiting, takes;
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
    pthread_mutex_lock(&lock->mutex);
    lock->waiting++;
    while (lock->held)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    lock->waiting--;
    lock->held = true;
    lock->takes++;
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    unsigned takes = lock->takes;
    lock->held = false;
    pthread_cond_broadcast(&lock->changed);
    while (lock->waiting > 0 && lock->takes == takes)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}
