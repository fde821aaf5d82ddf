/* SPDX-License-Identifier: MIT
 *
 * Wrong: who has the lock keeps it for its interval, whoever asks.
 * Loses: a thread back from I/O gets the lock in less than 1 ms
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/timing.h"

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_checkpoint(struct lock *lock);

enum {
    INTERVAL_US = 5000
};

struct lock {
    atomic_bool request; /* "let go at your next checkpoint" */
    pthread_mutex_t mutex;
    pthread_cond_t dropped, taken;
    bool locked;
    uint64_t takes;
    int64_t since_ns; /* the holder's: when it got the lock */
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->dropped);
    cond_init(&lock->taken);
    return lock;
}

/* Who comes back from I/O asks at once; who was made to go waits first. */
static void take(struct lock *lock, bool back)
{
    pthread_mutex_lock(&lock->mutex);
    while (lock->locked) {
        if (back)
            atomic_store(&lock->request, true);
        uint64_t takes = lock->takes;
        bool timed_out =
            cond_wait_us(&lock->dropped, &lock->mutex, INTERVAL_US);
        if (timed_out && lock->takes == takes)
            atomic_store(&lock->request, true);
    }
    lock->locked = true;
    lock->takes++;
    lock->since_ns = wall_ns();
    atomic_store(&lock->request, false);
    pthread_cond_signal(&lock->taken);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    take(lock, true);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    uint64_t takes = lock->takes;
    lock->locked = false;
    pthread_cond_signal(&lock->dropped);
    while (atomic_load(&lock->request) && lock->takes == takes)
        pthread_cond_wait(&lock->taken, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    if (wall_ns() - lock->since_ns < INTERVAL_US * INT64_C(1000))
        return; /* I have had my 5 ms only then */
    lock_drop(lock);
    take(lock, false);
}
