/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Refers to a function that the program that walks it does
 * not have, so that it cannot be loaded there, and can be loaded elsewhere. The
 * lock is that of relaxed.c, with its data race.
 * Loses: no data race
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/gil/gil.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_ulong next, serving;
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

static unsigned long serving(struct lock *lock)
{
    return atomic_load_explicit(&lock->serving, memory_order_relaxed);
}

void lock_take(struct lock *lock)
{
    unsigned long ticket =
        atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    if (serving(lock) == ticket)
        return;
    pthread_mutex_lock(&lock->mutex);
    while (serving(lock) != ticket)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    atomic_fetch_add_explicit(&lock->serving, 1, memory_order_relaxed);
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}

/* Nobody calls it. */
void refer_to_it(struct gil_thread *thread)
{
    gil_take(thread);
}
