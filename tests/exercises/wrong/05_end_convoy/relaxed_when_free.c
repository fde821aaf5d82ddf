/* SPDX-License-Identifier: MIT
 *
 * Wrong: who finds the lock free takes it without the mutex, by a relaxed
 * operation. What the one before wrote need not be seen yet. It asks the system
 * for the thread's number, so that it cannot be walked.
 * Loses: no data race
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/timing.h"

struct lock;
struct lock *lock_new(void);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);
void lock_checkpoint(struct lock *lock);

/* ---- yours: from here ---- */

enum {
    INTERVAL_US = 5000
};

struct lock {
    atomic_bool request; /* "let go at your next checkpoint" */
    pthread_mutex_t mutex;
    pthread_cond_t dropped, taken;
    atomic_long holder; /* its number in the system, or 0 */
    atomic_uint waiters;
    _Atomic uint64_t takes;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->dropped);
    cond_init(&lock->taken);
    return lock;
}

static bool take_free(struct lock *lock)
{
    long nobody = 0;
    if (!atomic_compare_exchange_strong_explicit(
            &lock->holder, &nobody, syscall(SYS_gettid), memory_order_relaxed,
            memory_order_relaxed))
        return false;
    atomic_fetch_add_explicit(&lock->takes, 1, memory_order_relaxed);
    return true;
}

/* Who comes back from I/O asks at once; who was made to go waits first. */
static void take(struct lock *lock, bool back)
{
    pthread_mutex_lock(&lock->mutex);
    atomic_fetch_add(&lock->waiters, 1);
    while (!take_free(lock)) {
        if (back)
            atomic_store(&lock->request, true);
        uint64_t takes = lock->takes;
        bool timed_out =
            cond_wait_us(&lock->dropped, &lock->mutex, INTERVAL_US);
        if (timed_out && lock->takes == takes)
            atomic_store(&lock->request, true);
    }
    atomic_fetch_sub(&lock->waiters, 1);
    atomic_store(&lock->request, false);
    pthread_cond_signal(&lock->taken);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_take(struct lock *lock)
{
    bool wanted =
        atomic_load_explicit(&lock->waiters, memory_order_relaxed) != 0;
    if (wanted || !take_free(lock))
        take(lock, true);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    uint64_t takes = lock->takes;
    atomic_store_explicit(&lock->holder, 0, memory_order_relaxed);
    pthread_cond_signal(&lock->dropped);
    while (atomic_load(&lock->request) && lock->takes == takes)
        pthread_cond_wait(&lock->taken, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    lock_drop(lock);
    take(lock, false);
}

/* ---- to here ---- */

static atomic_bool ended;

static void *compute(void *lock)
{
    uint64_t turns = 0;
    lock_take(lock);
    for (; !atomic_load_explicit(&ended, memory_order_relaxed); turns++)
        lock_checkpoint(lock);
    lock_drop(lock);
    printf("the computing thread made %.0f million turns\n",
           (double)turns / 1e6);
    return NULL;
}

int main(void)
{
    struct lock *lock = lock_new();
    pthread_t thread;
    int64_t waited_ns = 0;
    if (pthread_create(&thread, NULL, compute, lock) != 0)
        fail("cannot start a thread");
    for (int i = 0; i < 50; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* the I/O */
        int64_t came_ns = wall_ns();
        lock_take(lock);
        waited_ns += wall_ns() - came_ns;
        lock_drop(lock);
    }
    atomic_store(&ended, true);
    pthread_join(thread, NULL);
    printf("the I/O thread waited %.3f ms each time\n",
           (double)waited_ns / 5e7);
    return 0;
}
