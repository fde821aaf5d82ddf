/* SPDX-License-Identifier: MIT
 *
 * Wrong: a thread that did I/O once asks at once for ever.
 * Loses: two computing threads change over every 5 ms, not more often
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/portable.h"

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_checkpoint(struct lock *lock);

/* A thread that let go of the lock by itself (I/O) comes back with precedence:
 * it asks at once. */
enum {
    INTERVAL_US = 5000
};

struct lock {
    atomic_bool request;
    pthread_mutex_t mutex;
    pthread_cond_t dropped, taken;
    bool locked;
    uint64_t takes;
    int urgent;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->dropped);
    cond_init(&lock->taken);
    return lock;
}

static _Thread_local bool did_io;
static void take(struct lock *lock, bool urgent)
{
    pthread_mutex_lock(&lock->mutex);
    if (urgent)
        lock->urgent++;
    while (lock->locked || (!urgent && lock->urgent > 0)) {
        uint64_t takes = lock->takes;
        if (urgent) {
            atomic_store(&lock->request, true);
            pthread_cond_wait(&lock->dropped, &lock->mutex);
        } else if (cond_wait_us(&lock->dropped, &lock->mutex, INTERVAL_US) &&
                   lock->takes == takes)
            atomic_store(&lock->request, true);
    }
    if (urgent)
        lock->urgent--;
    lock->locked = true;
    lock->takes++;
    atomic_store(&lock->request, lock->urgent > 0);
    pthread_cond_broadcast(&lock->taken);
    pthread_mutex_unlock(&lock->mutex);
}

static void drop(struct lock *lock, bool forced)
{
    pthread_mutex_lock(&lock->mutex);
    uint64_t takes = lock->takes;
    lock->locked = false;
    pthread_cond_broadcast(&lock->dropped);
    while (forced && atomic_load(&lock->request) && lock->takes == takes)
        pthread_cond_wait(&lock->taken, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    take(lock, did_io);
}

void lock_drop(struct lock *lock)
{
    did_io = true;
    drop(lock, false);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    drop(lock, true);
    take(lock, did_io);
}
