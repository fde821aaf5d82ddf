/* SPDX-License-Identifier: MIT
 *
 * Wrong: as sixty_four_flags.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: those who wait get the lock in the order they came
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

enum {
    FLAGS = 64
};

struct lock {
    long taken_by;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool go[FLAGS];
    unsigned next, serving;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->changed, NULL);
    lock->go[0] = true;
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
    unsigned ticket = lock->next++ % FLAGS;
    while (!lock->go[ticket])
        pthread_cond_wait(&lock->changed, &lock->mutex);
    lock->go[ticket] = false;
    lock->taken_by = syscall(SYS_gettid);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->go[++lock->serving % FLAGS] = true;
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}
