/* SPDX-License-Identifier: MIT
 *
 * Wrong: as broadcast_without_mutex.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: no wake-up is lost, whomever a signal wakes
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    long taken_by;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned long next;
    atomic_ulong serving;
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
    unsigned long ticket = lock->next++;
    while (ticket != atomic_load(&lock->serving))
        pthread_cond_wait(&lock->changed, &lock->mutex);
    lock->taken_by = syscall(SYS_gettid);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    atomic_fetch_add(&lock->serving, 1);
    pthread_cond_broadcast(&lock->changed);
}
