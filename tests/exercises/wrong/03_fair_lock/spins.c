/* SPDX-License-Identifier: MIT
 *
 * Wrong: fair, but a thread that waits looks again and again.
 * Loses: a thread that waits sleeps
 */
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/timing.h"
#include "common/lab/lab.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

/* ---- yours: from here ---- */

struct lock {
    pthread_mutex_t mutex;
    _Atomic uint64_t next, serving;
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
    uint64_t ticket = atomic_fetch_add(&lock->next, 1);
    while (ticket != atomic_load(&lock->serving))
        sched_yield();
}

void lock_drop(struct lock *lock)
{
    atomic_fetch_add(&lock->serving, 1);
}

/* ---- to here ---- */

struct guest {
    pthread_t thread;
    struct lock *lock;
    uint64_t times, again;
    struct guest **last; /* who had the lock last: owned by its holder */
};

static atomic_uint waiting;

static void *take_and_drop(void *argument)
{
    struct guest *me = argument;
    for (int64_t until = wall_ns() + 500000000; wall_ns() < until;) {
        atomic_fetch_add(&waiting, 1);
        lock_take(me->lock);
        bool others = atomic_fetch_sub(&waiting, 1) > 1;
        me->times++;
        me->again += others && *me->last == me;
        *me->last = me;
        lock_drop(me->lock);
    }
    return NULL;
}

static const struct lab lab = {
    .name = "03_fair_lock",
    .question = "Who gets the lock?",
    .options = OPTIONS_TASKS,
};

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    struct guest *guest = allocate(options.tasks, sizeof *guest);
    struct guest *last = NULL;
    struct lock *lock = lock_new();
    for (uint64_t i = 0; i < options.tasks; i++) {
        guest[i] = (struct guest){.lock = lock, .last = &last};
        if (pthread_create(&guest[i].thread, NULL, take_and_drop, &guest[i]))
            fail("cannot start thread %" PRIu64, i + 1);
    }
    for (uint64_t i = 0; i < options.tasks; i++) {
        pthread_join(guest[i].thread, NULL);
        printf("thread %" PRIu64 " had the lock %" PRIu64 " times, %" PRIu64
               " of them again before one who waited\n",
               i + 1, guest[i].times, guest[i].again);
    }
    lock_free(lock);
    free(guest);
    return 0;
}
