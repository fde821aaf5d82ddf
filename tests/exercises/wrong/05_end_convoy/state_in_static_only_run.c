/* SPDX-License-Identifier: MIT
 *
 * Wrong: as state_in_static.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: one thread at a time holds the lock, and each has its turns
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_checkpoint(struct lock *lock);

/* looks at the flag only every 16th turn: cheaper still */
enum {
    INTERVAL_US = 5000,
    EVERY = 16
};

struct lock {
    long taken_by;
    atomic_bool request;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool locked;
    uint64_t takes;
    unsigned countdown; /* the holder's */
};

static unsigned io_count;
struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->changed);
    return lock;
}

static void got(struct lock *lock)
{
    lock->locked = true;
    lock->takes++;
    lock->taken_by = syscall(SYS_gettid);
    lock->countdown = EVERY;
    atomic_store(&lock->request, io_count > 0);
    pthread_cond_broadcast(&lock->changed);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    io_count++;
    while (lock->locked) {
        atomic_store(&lock->request, true);
        pthread_cond_wait(&lock->changed, &lock->mutex);
    }
    io_count--;
    got(lock);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->locked = false;
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (--lock->countdown > 0)
        return;
    lock->countdown = EVERY;
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    uint64_t takes = lock->takes;
    lock->locked = false;
    pthread_cond_broadcast(&lock->changed);
    while (lock->takes == takes)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    while (lock->locked || io_count > 0) {
        takes = lock->takes;
        if (cond_wait_us(&lock->changed, &lock->mutex, INTERVAL_US) &&
            takes == lock->takes && lock->locked)
            atomic_store(&lock->request, true);
    }
    got(lock);
    pthread_mutex_unlock(&lock->mutex);
}
