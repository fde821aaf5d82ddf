/* SPDX-License-Identifier: MIT
 *
 * Wrong: the signal comes after the unlock, when the waiter may have gone on
 * and its condition with it.
 * Loses: no data race
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct node {
    pthread_cond_t cond;
    bool go;
    struct node *next;
};

struct lock {
    pthread_mutex_t mutex;
    bool held;
    struct node *head, *tail;
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
    pthread_mutex_lock(&lock->mutex);
    if (lock->held) {
        struct node n = {.go = false};
        pthread_cond_init(&n.cond, NULL);
        if (lock->head)
            lock->tail->next = &n;
        else
            lock->head = &n;
        lock->tail = &n;
        while (!n.go)
            pthread_cond_wait(&n.cond, &lock->mutex);
        pthread_cond_destroy(&n.cond);
    }
    lock->held = true;
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    struct node *n = lock->head;
    if (n) {
        lock->head = n->next;
        n->go = true;
    } else
        lock->held = false;
    pthread_mutex_unlock(&lock->mutex);
    if (n)
        pthread_cond_signal(&n->cond);
}
