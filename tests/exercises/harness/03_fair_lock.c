/* SPDX-License-Identifier: MIT
 *
 * Drives the student's lock with threads of its own, and notes who holds it
 * when, in variables that only the holder touches.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "common/base/at_once.h"
#include "harness.h"
#define COUNTING_OPERATIONS /* what this file calls is not counted */
#include "operations.h"

enum {
    MOST = 70, /* more than a ring has room for that is not made to grow */
    TURNS = 2000,
    OFTEN = 70000 /* more than 16 bits count */
};

struct lock;
static struct lock *(*lock_new)(void);
static void (*lock_take)(struct lock *);
static void (*lock_drop)(struct lock *);

static struct lock *lock;
static struct at_once inside;
static uint64_t turns; /* the lock guards it, if it is a lock */

struct waiter {
    pthread_t thread;
    atomic_int number; /* in the system; set just before it takes the lock */
    unsigned later_us; /* than others it wakes up, where they wake up late */
    unsigned place;    /* in the order in which they got it */
};

static unsigned places; /* the lock's holder counts here */

static unsigned stay_us;             /* inside, now and then; 0: a yield */
static _Atomic unsigned long sleeps; /* of threads, while they took turns */

static void *take_turns(void *unused)
{
    unsigned long slept = sleeps_of(thread_number());
    for (int i = 0; i < TURNS; i++) {
        lock_take(lock);
        at_once_enter(&inside);
        uint64_t before = turns;
        if (i % 16 == 0 && stay_us)
            nap_us(stay_us);
        else if (i % 16 == 0)
            sched_yield();
        turns = before + 1;
        at_once_leave(&inside);
        lock_drop(lock);
    }
    atomic_fetch_add(&sleeps, sleeps_of(thread_number()) - slept);
    return unused;
}

static void exclusive(unsigned threads)
{
    pthread_t thread[MOST];
    for (unsigned i = 0; i < threads; i++)
        thread[i] = start(take_turns, NULL);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    report("threads", "%u", threads);
    report("at_once", "%u", at_once_most(&inside));
    report("turns", "%" PRIu64, turns);
    report("turns_right", "%u", threads * TURNS);
    report("sleeps", "%lu", atomic_load(&sleeps));
}

/* Nobody has the lock then, so that it is taken without a wait. */
static void take_a_turn(void)
{
    lock_take(lock);
    turns++;
    lock_drop(lock);
}

/* A number that is too small for all turns comes round to 0. */
static void often(void)
{
    for (unsigned i = 0; i < OFTEN; i++) {
        lock_take(lock);
        lock_drop(lock);
    }
}

static void *wait_once(void *argument)
{
    struct waiter *me = argument;
    operations_wake_later(me->later_us);
    atomic_store(&me->number, thread_number());
    lock_take(lock);
    me->place = places++;
    lock_drop(lock);
    return NULL;
}

/* Start a waiter, and go on when it stands in lock_take(). Those that do not
 * sleep there get some time to come that far. */
static bool queue_up(struct waiter *waiter, bool expect_sleep)
{
    atomic_init(&waiter->number, -1);
    waiter->thread = start(wait_once, waiter);
    while (atomic_load(&waiter->number) == -1)
        nap_us(200);
    if (expect_sleep && falls_asleep(atomic_load(&waiter->number)))
        return true;
    nap_us(50000);
    return false;
}

/* Two locks know nothing of each other, also while a thread waits for the
 * first. Each is freed in the end, if the student's code can free one. */
static void two(void (*lock_free)(struct lock *))
{
    struct lock *other = lock_new();
    struct waiter waiter = {0};
    lock_take(lock);
    lock_take(other);
    lock_drop(lock);
    lock_drop(other);
    lock_take(lock);
    queue_up(&waiter, true);
    lock_take(other);
    lock_drop(other);
    falls_asleep(atomic_load(&waiter.number));
    report("walked_in", "%u", places);
    lock_drop(lock);
    pthread_join(waiter.thread, NULL);
    if (lock_free) {
        lock_free(other);
        lock_free(lock);
    }
}

/* The lock is dropped while a thread sleeps in lock_take(). */
static void handover(void)
{
    struct waiter waiter = {0};
    lock_take(lock);
    queue_up(&waiter, true);
    lock_drop(lock);
    pthread_join(waiter.thread, NULL);
}

static atomic_uint interrupts;

static void on_signal(int number)
{
    (void)number;
    atomic_fetch_add(&interrupts, 1);
}

/* Let a signal handler run in who has waited longest, which puts it behind the
 * others in the kernel's queue: pthread_cond_signal() then wakes another. */
static void interrupt(struct waiter *waiter)
{
    unsigned before = atomic_load(&interrupts);
    if (pthread_kill(waiter->thread, SIGUSR1) != 0)
        return;
    for (int naps = 0; atomic_load(&interrupts) == before && naps < 5000;
         naps++)
        nap_us(200);
    falls_asleep(atomic_load(&waiter->number));
}

/* The holder drops the lock and takes it again while others wait. If they wake
 * up late, the one that has waited longest is the last to do so. */
static void again(unsigned threads, unsigned rounds, bool interrupting)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    unsigned overtook = 0, in_order = 0;
    bool sleep = true;
    for (unsigned round = 0; round < rounds; round++) {
        struct waiter waiter[MOST];
        lock_take(lock);
        places = 0;
        for (unsigned i = 0; i < threads; i++) {
            waiter[i].later_us = (threads - i) * 100;
            sleep = queue_up(&waiter[i], sleep) && sleep;
        }
        if (interrupting && sleep)
            interrupt(&waiter[0]);
        lock_drop(lock);
        lock_take(lock);
        unsigned mine = places;
        lock_drop(lock);
        bool right = mine == threads;
        for (unsigned i = 0; i < threads; i++) {
            pthread_join(waiter[i].thread, NULL);
            right = right && waiter[i].place == i;
        }
        overtook += mine == 0;
        in_order += right;
    }
    report("waiters", "%u", threads);
    report("rounds", "%u", rounds);
    report("overtook", "%u", overtook);
    report("in_order", "%u", in_order);
}

/* What three that wait cost while the holder does nothing. */
static void sleeping(void)
{
    struct waiter waiter[3] = {0};
    lock_take(lock);
    unsigned asleep = 0;
    for (unsigned i = 0; i < 3; i++)
        queue_up(&waiter[i], false);
    for (unsigned i = 0; i < 3; i++)
        asleep += falls_asleep(atomic_load(&waiter[i].number));
    unsigned long woken = 0;
    for (unsigned i = 0; i < 3; i++)
        woken -= sleeps_of(atomic_load(&waiter[i].number));
    double begin_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    nap_us(400000);
    double cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID) - begin_s;
    for (unsigned i = 0; i < 3; i++)
        woken += sleeps_of(atomic_load(&waiter[i].number));
    lock_drop(lock);
    for (unsigned i = 0; i < 3; i++)
        pthread_join(waiter[i].thread, NULL);
    report("asleep", "%u", asleep);
    report("woken", "%lu", woken);
    report("cpu_ms", "%.0f", cpu_s * 1e3);
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    harness_function(&harness, "lock_new", &lock_new);
    harness_function(&harness, "lock_take", &lock_take);
    harness_function(&harness, "lock_drop", &lock_drop);
    lock = lock_new();
    if (harness_mode(&harness, "alone"))
        exclusive(1);
    if (harness_mode(&harness, "often"))
        often();
    if (harness_mode(&harness, "two")) {
        void (*lock_free)(struct lock *);
        void *function = dlsym(harness.student, "lock_free");
        memcpy(&lock_free, &function, sizeof function);
        two(lock_free);
    }
    if (harness_mode(&harness, "few"))
        exclusive(3);
    if (harness_mode(&harness, "handover"))
        handover();
    unsigned threads = random_from(&harness.seed, 3, 5);
    if (harness_mode(&harness, "exclusive"))
        exclusive(threads + 3);
    if (harness_mode(&harness, "shaken")) {
        stay_us = 100;
        operations_shake();
        exclusive(threads);
    }
    if (harness_mode(&harness, "race")) {
        exclusive(threads + 3);
        in_turn(take_a_turn);
    }
    if (harness_mode(&harness, "again"))
        again(threads, 10, false);
    if (harness_mode(&harness, "late")) {
        operations_wake_late();
        again(threads, 3, false);
    }
    if (harness_mode(&harness, "missed")) {
        operations_sleep_late();
        again(1, 10, false);
    }
    if (harness_mode(&harness, "many")) { /* not from the start of a ring */
        again(1, 1, false);
        again(MOST, 1, true);
    }
    if (harness_mode(&harness, "late_many")) {
        operations_wake_late();
        again(1, 1, false);
        again(MOST, 1, false);
    }
    if (harness_mode(&harness, "interrupted"))
        again(threads, 10, true);
    if (harness_mode(&harness, "sleeping"))
        sleeping();
    harness_end();
}
