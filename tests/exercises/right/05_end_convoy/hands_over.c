/* SPDX-License-Identifier: MIT
 *
 * Right: a queue of those who wait, each with a condition of its own. The lock
 * goes from hand to hand: first to those who are back from I/O.
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

struct waiter {
    pthread_cond_t turn;
    bool back, has_it;
    struct waiter *next;
};

struct lock {
    pthread_mutex_t mutex;
    struct waiter *queue;
    bool held;
    uint64_t turn; /* how often it has changed hands */
    atomic_bool request;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

/* Behind all of its kind; those that are back stand in front. */
static void queue_up(struct lock *lock, struct waiter *me)
{
    struct waiter **at = &lock->queue;
    while (*at && ((*at)->back || !me->back))
        at = &(*at)->next;
    me->next = *at;
    *at = me;
}

static void hand_over(struct lock *lock)
{
    struct waiter *next = lock->queue;
    lock->held = next;
    lock->turn++;
    if (next) {
        lock->queue = next->next;
        next->has_it = true;
        pthread_cond_signal(&next->turn);
    }
    atomic_store(&lock->request, lock->queue && lock->queue->back);
}

static void wait_for(struct lock *lock, struct waiter *me)
{
    while (!me->has_it) {
        uint64_t turn = lock->turn;
        bool late = cond_wait_us(&me->turn, &lock->mutex, INTERVAL_US);
        if (late && !me->has_it && turn == lock->turn)
            atomic_store(&lock->request, true);
    }
    pthread_cond_destroy(&me->turn);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    if (lock->held) {
        struct waiter me = {.back = true};
        cond_init(&me.turn);
        queue_up(lock, &me);
        atomic_store(&lock->request, true);
        wait_for(lock, &me);
    } else {
        lock->held = true;
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
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    if (lock->queue) {
        struct waiter me = {.back = false};
        cond_init(&me.turn);
        hand_over(lock);
        queue_up(lock, &me);
        wait_for(lock, &me);
    }
    pthread_mutex_unlock(&lock->mutex);
}
