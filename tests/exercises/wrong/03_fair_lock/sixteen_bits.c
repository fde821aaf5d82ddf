/* SPDX-License-Identifier: MIT
 *
 * Wrong: the number that is served has 16 bits, the tickets have more: ticket
 * 65,536 is never served.
 * Loses: a thread that is alone never waits
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

struct lock {
    pthread_mutex_t m;
    pthread_cond_t c;
    unsigned next;
    unsigned short now;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->m, NULL);
    pthread_cond_init(&lock->c, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_cond_destroy(&lock->c);
    pthread_mutex_destroy(&lock->m);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->m);
    unsigned mine = lock->next++;
    while (mine != lock->now)
        pthread_cond_wait(&lock->c, &lock->m);
    pthread_mutex_unlock(&lock->m);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->m);
    lock->now++;
    pthread_cond_broadcast(&lock->c);
    pthread_mutex_unlock(&lock->m);
}
