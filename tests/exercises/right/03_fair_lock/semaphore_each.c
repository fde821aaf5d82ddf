/* SPDX-License-Identifier: MIT
 *
 * Right: a queue of those who wait, each with a semaphore of its own.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct waiter {
    sem_t turn;
    struct waiter *next;
};

struct lock {
    pthread_mutex_t mutex;
    bool held;
    struct waiter *first, *last;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    struct waiter me = {.next = NULL};
    pthread_mutex_lock(&lock->mutex);
    if (!lock->held) {
        lock->held = true;
        pthread_mutex_unlock(&lock->mutex);
        return;
    }
    sem_init(&me.turn, 0, 0);
    if (lock->last)
        lock->last->next = &me;
    else
        lock->first = &me;
    lock->last = &me;
    pthread_mutex_unlock(&lock->mutex);
    while (sem_wait(&me.turn) != 0)
        ;
    sem_destroy(&me.turn);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    struct waiter *next = lock->first;
    if (!next) {
        lock->held = false;
    } else {
        lock->first = next->next;
        if (!lock->first)
            lock->last = NULL;
        sem_post(&next->turn);
    }
    pthread_mutex_unlock(&lock->mutex);
}
