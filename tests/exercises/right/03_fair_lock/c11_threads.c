/* SPDX-License-Identifier: MIT
 *
 * Right: tickets, with the threads of C11.
 */
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    mtx_t mutex;
    cnd_t changed;
    uint64_t next, serving;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    mtx_init(&lock->mutex, mtx_plain);
    cnd_init(&lock->changed);
    return lock;
}

void lock_free(struct lock *lock)
{
    cnd_destroy(&lock->changed);
    mtx_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    mtx_lock(&lock->mutex);
    for (uint64_t mine = lock->next++; mine != lock->serving;)
        cnd_wait(&lock->changed, &lock->mutex);
    mtx_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    mtx_lock(&lock->mutex);
    lock->serving++;
    mtx_unlock(&lock->mutex);
    cnd_broadcast(&lock->changed);
}
