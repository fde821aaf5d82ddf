/* SPDX-License-Identifier: MIT
 *
 * Wrong: as queue_in_static.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: a thread that is alone never waits
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct waiter {
    pthread_cond_t mine;
    bool has_it;
    struct waiter *next;
};

struct lock {
    long taken_by;
    bool held;
};

static struct waiter *first, **last = &first;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

struct lock *lock_new(void)
{
    return allocate(1, sizeof(struct lock));
}

void lock_free(struct lock *lock)
{
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&mutex);
    if (lock->held) {
        struct waiter me = {.has_it = false};
        pthread_cond_init(&me.mine, NULL);
        *last = &me;
        last = &me.next;
        while (!me.has_it)
            pthread_cond_wait(&me.mine, &mutex);
        pthread_cond_destroy(&me.mine);
    }
    lock->held = true;
    lock->taken_by = syscall(SYS_gettid);
    pthread_mutex_unlock(&mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&mutex);
    struct waiter *next = first;
    if (next) {
        first = next->next;
        if (!first)
            last = &first;
        next->has_it = true;
        pthread_cond_signal(&next->mine);
    } else {
        lock->held = false;
    }
    pthread_mutex_unlock(&mutex);
}
