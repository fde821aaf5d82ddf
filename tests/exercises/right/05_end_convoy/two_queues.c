/* SPDX-License-Identifier: MIT
 *
 * Right: two queues, of those back from I/O and of those that compute; the
 * lock is handed over.
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

/* two queues of waiting threads; the lock is handed over */
enum {
    INTERVAL_US = 5000
};

struct waiter {
    pthread_cond_t mine;
    bool granted;
    struct waiter *next;
};

struct queue {
    struct waiter *first, **last;
};

struct lock {
    atomic_bool request;
    pthread_mutex_t mutex;
    bool locked;
    uint64_t takes;
    struct queue io, cpu;
};

static void put(struct queue *q, struct waiter *w)
{
    w->next = NULL;
    *q->last = w;
    q->last = &w->next;
}

static struct waiter *get(struct queue *q)
{
    struct waiter *w = q->first;
    if (w && !(q->first = w->next))
        q->last = &q->first;
    return w;
}

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    lock->io.last = &lock->io.first;
    lock->cpu.last = &lock->cpu.first;
    return lock;
}

static void grant(struct lock *lock)
{
    struct waiter *w = get(&lock->io);
    if (!w)
        w = get(&lock->cpu);
    lock->locked = w != NULL;
    lock->takes++;
    atomic_store(&lock->request, lock->io.first != NULL);
    if (w) {
        w->granted = true;
        pthread_cond_signal(&w->mine);
    }
}

static void enqueue_and_wait(struct lock *lock, bool io)
{
    struct waiter w = {.granted = false};
    cond_init(&w.mine);
    put(io ? &lock->io : &lock->cpu, &w);
    if (io)
        atomic_store(&lock->request, true);
    while (!w.granted) {
        uint64_t takes = lock->takes;
        if (io)
            pthread_cond_wait(&w.mine, &lock->mutex);
        else if (cond_wait_us(&w.mine, &lock->mutex, INTERVAL_US) &&
                 !w.granted && takes == lock->takes)
            atomic_store(&lock->request, true);
    }
    pthread_cond_destroy(&w.mine);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    if (lock->locked)
        enqueue_and_wait(lock, true);
    else
        lock->locked = true;
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    grant(lock);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_checkpoint(struct lock *lock)
{
    if (!atomic_load_explicit(&lock->request, memory_order_relaxed))
        return;
    pthread_mutex_lock(&lock->mutex);
    if (lock->io.first || lock->cpu.first) {
        grant(lock);
        enqueue_and_wait(lock, false);
    } else
        atomic_store(&lock->request, false);
    pthread_mutex_unlock(&lock->mutex);
}
