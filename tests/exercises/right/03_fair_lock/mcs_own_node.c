/* SPDX-License-Identifier: MIT
 *
 * Right: a queue of nodes, one a thread (after Mellor-Crummey and Scott); who
 * waits sleeps on its node. A thread may have two locks, so a node belongs to
 * a lock as long as it is in use.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct node {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool go;
    _Atomic(struct node *) next;
};

struct lock {
    _Atomic(struct node *) last;
    struct node *holders;
};

static _Thread_local struct node own = {.mutex = PTHREAD_MUTEX_INITIALIZER,
                                        .changed = PTHREAD_COND_INITIALIZER};
static _Thread_local bool used;

struct lock *lock_new(void)
{
    return allocate(1, sizeof(struct lock));
}

void lock_free(struct lock *lock)
{
    free(lock);
}

static struct node *take_node(void)
{
    if (!used) {
        used = true;
        return &own;
    }
    struct node *node = allocate(1, sizeof *node);
    pthread_mutex_init(&node->mutex, NULL);
    pthread_cond_init(&node->changed, NULL);
    return node;
}

static void give_back(struct node *node)
{
    if (node == &own)
        used = false;
    else
        free(node);
}

void lock_take(struct lock *lock)
{
    struct node *me = take_node();
    me->go = false;
    atomic_store(&me->next, NULL);
    struct node *before = atomic_exchange(&lock->last, me);
    if (before) {
        atomic_store(&before->next, me);
        pthread_mutex_lock(&me->mutex);
        while (!me->go)
            pthread_cond_wait(&me->changed, &me->mutex);
        pthread_mutex_unlock(&me->mutex);
    }
    lock->holders = me;
}

void lock_drop(struct lock *lock)
{
    struct node *me = lock->holders, *expected = me;
    if (!atomic_compare_exchange_strong(&lock->last, &expected, NULL)) {
        struct node *next;
        while (!(next = atomic_load(&me->next)))
            sched_yield(); /* it is just about to queue up */
        pthread_mutex_lock(&next->mutex);
        next->go = true;
        pthread_cond_signal(&next->changed);
        pthread_mutex_unlock(&next->mutex);
    }
    give_back(me);
}
