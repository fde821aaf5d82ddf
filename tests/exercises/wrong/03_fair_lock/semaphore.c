/* SPDX-License-Identifier: MIT
 *
 * Wrong: a semaphore of 1. It lets in whoever comes first after a drop.
 * Loses: who drops the lock does not take it again before those who wait
 * Loses: those who wait get the lock in the order they came
 */
#include <semaphore.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    sem_t one;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    sem_init(&lock->one, 0, 1);
    return lock;
}

void lock_free(struct lock *lock)
{
    sem_destroy(&lock->one);
    free(lock);
}

void lock_take(struct lock *lock)
{
    while (sem_wait(&lock->one) != 0)
        ;
}

void lock_drop(struct lock *lock)
{
    sem_post(&lock->one);
}
