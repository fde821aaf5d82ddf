/* SPDX-License-Identifier: MIT
 *
 * Right: tickets, and sixteen conditions, so that few wake up for nothing.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

enum {
    CONDITIONS = 16
};

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t turn[CONDITIONS]; /* of the tickets with this remainder */
    unsigned next, serving;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    for (int i = 0; i < CONDITIONS; i++)
        pthread_cond_init(&lock->turn[i], NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    for (int i = 0; i < CONDITIONS; i++)
        pthread_cond_destroy(&lock->turn[i]);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    unsigned mine = lock->next++;
    while (mine != lock->serving)
        pthread_cond_wait(&lock->turn[mine % CONDITIONS], &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    lock->serving++;
    pthread_cond_broadcast(&lock->turn[lock->serving % CONDITIONS]);
    pthread_mutex_unlock(&lock->mutex);
}
