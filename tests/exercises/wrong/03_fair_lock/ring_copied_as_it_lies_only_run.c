/* SPDX-License-Identifier: MIT
 *
 * Wrong: as ring_copied_as_it_lies.c. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: those who wait get the lock in the order they came
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct waiter {
    pthread_cond_t cond;
    bool go;
};
struct lock {
    long taken_by;
    pthread_mutex_t m;
    bool held;
    struct waiter **ring;
    size_t cap, head, len;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->m, NULL);
    lock->cap = 4;
    lock->ring = calloc(4, sizeof *lock->ring);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_mutex_destroy(&lock->m);
    free(lock->ring);
    free(lock);
}

void lock_take(struct lock *lock)
{
    pthread_mutex_lock(&lock->m);
    if (lock->held) {
        struct waiter w = {PTHREAD_COND_INITIALIZER, false};
        if (lock->len == lock->cap) {
            lock->cap *= 2;
            struct waiter **r = calloc(lock->cap, sizeof *r);
            memcpy(r, lock->ring, lock->len * sizeof *r);
            free(lock->ring);
            lock->ring = r;
            lock->head = 0;
        }
        lock->ring[(lock->head + lock->len++) % lock->cap] = &w;
        while (!w.go)
            pthread_cond_wait(&w.cond, &lock->m);
    }
    lock->held = true;
    lock->taken_by = syscall(SYS_gettid);
    pthread_mutex_unlock(&lock->m);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->m);
    if (lock->len) {
        struct waiter *w = lock->ring[lock->head];
        lock->head = (lock->head + 1) % lock->cap;
        lock->len--;
        w->go = true;
        pthread_cond_signal(&w->cond);
    } else
        lock->held = false;
    pthread_mutex_unlock(&lock->m);
}
