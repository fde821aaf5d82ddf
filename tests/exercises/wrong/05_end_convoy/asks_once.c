/* SPDX-License-Identifier: MIT
 *
 * Wrong: who hands the lock over clears the request, also of another who still
 * waits and does not ask again. Two lines of tickets: for those back from I/O,
 * and for those that compute.
 * Loses: one thread at a time holds the lock, and each has its turns
 * Loses: two computing threads change over every 5 ms, not more often
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

struct line {
    uint64_t next, called; /* tickets below `called` have had the lock */
    pthread_cond_t moved;
};

struct lock {
    atomic_bool wanted; /* look into it at the next checkpoint */
    pthread_mutex_t mutex;
    bool locked;
    uint64_t handoffs;
    struct line back, computing;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    cond_init(&lock->back.moved);
    cond_init(&lock->computing.moved);
    return lock;
}

static bool somebody(const struct line *line)
{
    return line->called != line->next;
}

static void call_next(struct line *line)
{
    line->called++;
    pthread_cond_broadcast(&line->moved);
}

/* With the mutex: give it to the next one, who has it from now on. */
static void hand_over(struct lock *lock)
{
    lock->handoffs++;
    if (somebody(&lock->back))
        call_next(&lock->back);
    else if (somebody(&lock->computing))
        call_next(&lock->computing);
    else
        lock->locked = false;
    atomic_store(&lock->wanted, false);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    if (!lock->locked) {
        lock->locked = true;
    } else {
        uint64_t ticket = lock->back.next++;
        atomic_store(&lock->wanted, true);
        while (lock->back.called <= ticket)
            pthread_cond_wait(&lock->back.moved, &lock->mutex);
    }
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    hand_over(lock);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->wanted, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    if (atomic_load(&lock->wanted)) {
        hand_over(lock); /* to another: I am in no line yet */
        if (lock->locked) {
            uint64_t ticket = lock->computing.next++;
            while (lock->computing.called <= ticket) {
                uint64_t handoffs = lock->handoffs;
                bool late = cond_wait_us(&lock->computing.moved, &lock->mutex,
                                         INTERVAL_US);
                if (late && lock->computing.called <= ticket &&
                    lock->handoffs == handoffs)
                    atomic_store(&lock->wanted, true);
            }
        }
        lock->locked = true;
    }
    pthread_mutex_unlock(&lock->mutex);
}
