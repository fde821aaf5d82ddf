/* SPDX-License-Identifier: MIT
 *
 * Right: two conditions, one for threads that are back and one for those that
 * were made to go; the first are let in before the others.
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
    pthread_mutex_t mutex;
    pthread_cond_t back, made_to_go, taken;
    unsigned backs; /* that wait */
    bool held;
    unsigned takes;
    atomic_bool request;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->back);
    cond_init(&lock->made_to_go);
    cond_init(&lock->taken);
    return lock;
}

static void get(struct lock *lock)
{
    lock->held = true;
    lock->takes++;
    atomic_store(&lock->request, lock->backs > 0);
    pthread_cond_broadcast(&lock->taken);
}

static void let_go(struct lock *lock)
{
    lock->held = false;
    pthread_cond_signal(lock->backs ? &lock->back : &lock->made_to_go);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->backs++;
    if (lock->held)
        atomic_store(&lock->request, true);
    while (lock->held)
        pthread_cond_wait(&lock->back, &lock->mutex);
    lock->backs--;
    get(lock);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    let_go(lock);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    if (atomic_load(&lock->request)) {
        unsigned takes = lock->takes;
        let_go(lock);
        while (lock->takes == takes)
            pthread_cond_wait(&lock->taken, &lock->mutex);
        while (lock->held || lock->backs) {
            takes = lock->takes;
            bool late =
                cond_wait_us(&lock->made_to_go, &lock->mutex, INTERVAL_US);
            if (late && lock->held && lock->takes == takes)
                atomic_store(&lock->request, true);
        }
        get(lock);
    }
    pthread_mutex_unlock(&lock->mutex);
}
