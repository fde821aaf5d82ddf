/* SPDX-License-Identifier: MIT
 *
 * Exercise 03: a fair lock.
 *
 * This lock is one mutex. It lets one thread in at a time, but it starves the
 * others: a thread that drops it and takes it again immediately nearly always
 * wins, because a thread that waits must first be woken. Run it: in which order
 * did the threads come, and in which order were they served?
 *
 * Your task, in struct lock and the four functions:
 *   1. safe: one thread at a time has the lock, no wake-up is lost, and there
 *      is no race. A thread that is alone never waits, neither in take nor in
 *      drop.
 *   2. fair: threads that wait get the lock in the order in which they came. A
 *      thread that drops it and takes it again queues behind them. A thread
 *      that waits sleeps: waiting costs no processor time.
 *
 * Grade it: make grade EX=03_fair_lock (more hints: HINT=2, HINT=3)
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_unlock(&lock->mutex);
}

/* ---- to here ---- */

enum {
    APART_MS = 20 /* time for a thread that has come to join the queue */
};

struct guest {
    pthread_t thread;
    uint64_t number; /* 0: the main thread */
};

static struct lock *lock;
static uint64_t *served, count; /* the guests, in order; `lock` guards both */
static atomic_uint_fast64_t came;

static void be_served(uint64_t number)
{
    atomic_store(&came, number);
    lock_take(lock);
    served[count++] = number;
}

static void *come(void *argument)
{
    const struct guest *me = argument;
    be_served(me->number);
    lock_drop(lock);
    return NULL;
}

/* Start a thread that comes, and go on when it waits. */
static void let_come(struct guest *guest)
{
    int error = pthread_create(&guest->thread, NULL, come, guest);
    if (error)
        fail("cannot start thread %" PRIu64 ": %s", guest->number,
             strerror(error));
    while (atomic_load(&came) != guest->number)
        sleep_ns(1000000);
    sleep_ns(1000000 * APART_MS);
}

static void print_orders(uint64_t threads)
{
    printf("came:   main");
    for (uint64_t i = 1; i <= threads; i++)
        printf(" %" PRIu64, i);
    printf(" main\nserved:");
    for (uint64_t i = 0; i < count; i++)
        if (served[i])
            printf(" %" PRIu64, served[i]);
        else
            printf(" main");
    printf("\n");
}

static const struct lab lab = {
    .name = "03_fair_lock",
    .question = "Who gets the lock?",
    .options = OPTIONS_TASKS,
};

/* The main thread has the lock. Others come, one after the other. Then it drops
 * the lock and comes again. */
int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    struct guest *guest = allocate(options.tasks, sizeof *guest);
    served = allocate(options.tasks + 2, sizeof *served);
    lock = lock_new();
    be_served(0);
    for (uint64_t i = 0; i < options.tasks; i++) {
        guest[i].number = i + 1;
        let_come(&guest[i]);
    }
    lock_drop(lock);
    be_served(0);
    lock_drop(lock);
    for (uint64_t i = 0; i < options.tasks; i++)
        pthread_join(guest[i].thread, NULL);
    print_orders(options.tasks);
    lock_free(lock);
    free(served);
    free(guest);
    return 0;
}
