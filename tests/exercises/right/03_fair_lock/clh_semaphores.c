/* SPDX-License-Identifier: MIT
 *
 * Right: a chain in which each waits for a semaphore of the one before it
 * (after Craig, Landin and Hagersten).
 */
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    _Atomic(sem_t *) last; /* of who came last: up when it has dropped */
    sem_t *holders;        /* only the holder looks */
};

static sem_t *new_semaphore(unsigned value)
{
    sem_t *semaphore = malloc(sizeof *semaphore);
    if (!semaphore)
        abort();
    sem_init(semaphore, 0, value);
    return semaphore;
}

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    atomic_init(&lock->last, new_semaphore(1));
    return lock;
}

void lock_free(struct lock *lock)
{
    sem_t *last = atomic_load(&lock->last);
    sem_destroy(last);
    free(last);
    free(lock);
}

void lock_take(struct lock *lock)
{
    sem_t *mine = new_semaphore(0);
    sem_t *before = atomic_exchange(&lock->last, mine);
    while (sem_wait(before) != 0)
        ;
    sem_destroy(before);
    free(before);
    lock->holders = mine;
}

void lock_drop(struct lock *lock)
{
    sem_post(lock->holders);
}
