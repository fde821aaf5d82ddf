/* SPDX-License-Identifier: MIT
 *
 * Right: the same as the solution with the threads of C11, whose waits have an
 * absolute time limit.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/timing.h"

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_checkpoint(struct lock *lock);

enum {
    INTERVAL_NS = 5000000
};

struct lock {
    atomic_bool request;
    mtx_t mutex;
    cnd_t dropped, taken;
    bool locked;
    uint64_t takes;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    mtx_init(&lock->mutex, mtx_timed);
    cnd_init(&lock->dropped);
    cnd_init(&lock->taken);
    return lock;
}

static bool wait_interval(struct lock *lock)
{
    struct timespec until;
    timespec_get(&until, TIME_UTC);
    until.tv_nsec += INTERVAL_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    return cnd_timedwait(&lock->dropped, &lock->mutex, &until) == thrd_timedout;
}

static void take(struct lock *lock, bool back)
{
    mtx_lock(&lock->mutex);
    while (lock->locked) {
        if (back)
            atomic_store(&lock->request, true);
        uint64_t takes = lock->takes;
        if (wait_interval(lock) && lock->locked && lock->takes == takes)
            atomic_store(&lock->request, true);
    }
    lock->locked = true;
    lock->takes++;
    atomic_store(&lock->request, false);
    cnd_broadcast(&lock->taken);
    mtx_unlock(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    take(lock, true);
}

void lock_drop(struct lock *lock)
{
    mtx_lock(&lock->mutex);
    uint64_t takes = lock->takes;
    lock->locked = false;
    cnd_signal(&lock->dropped);
    while (atomic_load(&lock->request) && lock->takes == takes)
        cnd_wait(&lock->taken, &lock->mutex);
    mtx_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    lock_drop(lock);
    take(lock, false);
}
