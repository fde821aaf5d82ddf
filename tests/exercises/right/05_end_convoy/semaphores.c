/* SPDX-License-Identifier: MIT
 *
 * Right: each thread that waits has a semaphore. A thread that computes notes
 * when it got the lock: who was made to go asks when that is 5 ms ago.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
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

struct waiter {
    sem_t turn;
    struct waiter *next;
};

struct queue {
    struct waiter *first, **last;
};

struct lock {
    pthread_mutex_t mutex;
    struct queue back, patient;
    bool held;
    int64_t since_ns;
    atomic_bool request;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    lock->back.last = &lock->back.first;
    lock->patient.last = &lock->patient.first;
    return lock;
}

static void add(struct queue *queue, struct waiter *me)
{
    sem_init(&me->turn, 0, 0);
    me->next = NULL;
    *queue->last = me;
    queue->last = &me->next;
}

static struct waiter *first(struct queue *queue)
{
    struct waiter *waiter = queue->first;
    if (waiter && !(queue->first = waiter->next))
        queue->last = &queue->first;
    return waiter;
}

static void hand_over(struct lock *lock)
{
    struct waiter *next = first(&lock->back);
    if (!next)
        next = first(&lock->patient);
    lock->held = next;
    lock->since_ns = wall_ns();
    atomic_store(&lock->request, lock->back.first != NULL);
    if (next)
        sem_post(&next->turn);
}

/* Wait; true: it has the lock. */
static bool wait_until(struct waiter *me, int64_t ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t end = until.tv_nsec + ns;
    until.tv_sec += (time_t)(end / 1000000000);
    until.tv_nsec = (long)(end % 1000000000);
    return sem_timedwait(&me->turn, &until) == 0;
}

static void wait_for_turn(struct lock *lock, struct waiter *me)
{
    pthread_mutex_unlock(&lock->mutex);
    while (!wait_until(me, INTERVAL_NS)) {
        pthread_mutex_lock(&lock->mutex);
        if (lock->held && wall_ns() - lock->since_ns >= INTERVAL_NS)
            atomic_store(&lock->request, true);
        pthread_mutex_unlock(&lock->mutex);
    }
    sem_destroy(&me->turn);
}

void lock_take(struct lock *lock)
{
    struct waiter me;
    pthread_mutex_lock(&lock->mutex);
    if (lock->held) {
        add(&lock->back, &me);
        atomic_store(&lock->request, true);
        wait_for_turn(lock, &me);
        return;
    }
    lock->held = true;
    lock->since_ns = wall_ns();
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
    struct waiter me;
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    if (!lock->back.first && !lock->patient.first) {
        atomic_store(&lock->request, false);
        pthread_mutex_unlock(&lock->mutex);
        return;
    }
    hand_over(lock);
    add(&lock->patient, &me);
    wait_for_turn(lock, &me);
}
