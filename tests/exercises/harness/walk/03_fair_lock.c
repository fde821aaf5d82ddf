/* SPDX-License-Identifier: MIT
 *
 * Walks the student's lock with guests (common/virtual/guests.h), who take and
 * drop it; and lets many queue up in an order that is known.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "common/virtual/guests.h"
#include "common/virtual/place.h"
#include "walked.h"

struct lock;
static struct lock *(*lock_new)(void);
static void (*lock_free)(struct lock *);
static void (*lock_take)(struct lock *);
static void (*lock_drop)(struct lock *);

static struct lock *lock, *other;

/* ---- guests ---- */

static struct guests guests;

static void make_lock(void)
{
    lock = lock_new();
}

static void new_lock(void)
{
    walked_begin(make_lock);
}

static void take(unsigned thread)
{
    (void)thread;
    lock_take(lock);
}

static void drop(unsigned thread)
{
    (void)thread;
    lock_drop(lock);
}

static struct orders_subject guests_that(const struct walked_check *check,
                                         unsigned promises)
{
    guests = (struct guests){.threads = check->threads,
                             .rounds = check->rounds,
                             .promises = promises,
                             .begin = new_lock,
                             .take = take,
                             .drop = drop};
    return guests_subject(&guests);
}

static struct orders_subject keep_out(const struct walked_check *check)
{
    return guests_that(check, GUESTS_ONE_INSIDE);
}

static struct orders_subject come_again(const struct walked_check *check)
{
    return guests_that(check, GUESTS_NOT_AGAIN);
}

static struct orders_subject come_in_order(const struct walked_check *check)
{
    return guests_that(check, GUESTS_IN_ORDER);
}

/* ---- a thread that is alone ---- */

static void begin_alone(void *with)
{
    (void)with;
    new_lock();
}

static void be_alone(void *with, unsigned me)
{
    const struct walked_check *check = with;
    (void)me;
    for (unsigned i = 0; i < check->rounds; i++) {
        lock_take(lock);
        orders_note("has the lock");
        lock_drop(lock);
    }
    if (lock_free)
        lock_free(lock);
}

/* To sleep, or to wait for a signal that nobody can send, is a mistake. */
static void see_it_wait(void *with)
{
    char text[200];
    (void)with;
    const struct thread *thread = orders_threads()->thread[0];
    enum point_kind kind = thread->point.kind;
    bool timed_out = orders_last() && orders_last_step()->woken;
    if (thread->ended ||
        (kind != POINT_SLEEP && kind != POINT_WAKE && !timed_out))
        return;
    const char *place = place_text(thread->point.place, text, sizeof text);
    const char *slash = strrchr(place, '/');
    orders_fail("thread 1 %s, though nobody else wants the lock, %s",
                kind == POINT_SLEEP ? "sleeps" : "waits",
                slash ? slash + 1 : place);
}

static struct orders_subject alone(const struct walked_check *check)
{
    return (struct orders_subject){.threads = 1,
                                   .begin = begin_alone,
                                   .body = be_alone,
                                   .look = see_it_wait,
                                   .with = (void *)(uintptr_t)check};
}

/* ---- two locks ---- */

static unsigned inside, inside_other;

static void make_two(void)
{
    lock = lock_new();
    other = lock_new();
}

static void begin_two(void *with)
{
    (void)with;
    inside = inside_other = 0;
    walked_begin(make_two);
}

static void enter(unsigned *count)
{
    if (++*count > 1)
        orders_fail("two threads have the same of two locks");
}

/* Thread 1 has both, one in the other. The others want one each. */
static void use_two(void *with, unsigned me)
{
    (void)with;
    if (me != 2) {
        lock_take(lock);
        enter(&inside);
    }
    if (me != 3) {
        orders_note(me == 1 ? "has one lock" : "comes");
        lock_take(other);
        enter(&inside_other);
    }
    orders_note(me == 1 ? "has both" : "has the lock");
    if (me != 2) {
        inside--;
        lock_drop(lock);
    }
    if (me != 3) {
        inside_other--;
        lock_drop(other);
    }
}

static struct orders_subject two_locks(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin_two,
                                   .body = use_two,
                                   .remembers = &inside,
                                   .remembers_bytes = sizeof inside};
}

/* ---- a race ---- */

static void work_often(void *with, unsigned me)
{
    const struct walked_check *check = with;
    (void)me;
    for (unsigned i = 0; i < check->rounds; i++) {
        lock_take(lock);
        walked_work();
        orders_note("has the lock");
        lock_drop(lock);
    }
}

static struct orders_subject work(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin_alone,
                                   .body = work_often,
                                   .with = (void *)(uintptr_t)check};
}

/* ---- a queue: one order only, in which one comes after the other ---- */

enum {
    SOME = 6 /* no power of 2: the start of a ring is no longer at its 0 */
};

static struct {
    unsigned came, had;
} queue;

static void begin_queue(void *with)
{
    (void)with;
    memset(&queue, 0, sizeof queue);
    new_lock();
}

/* Thread 1 has the lock until all others wait. Each of these comes when the
 * one before it waits: in the order of their numbers, or the other way round.
 * Where several could go on, the one with the lowest number does. */
static void queue_up(const struct walked_check *check, unsigned me,
                     unsigned place)
{
    if (me == 1) {
        lock_take(lock);
        queue.came = queue.had = 1;
        walked_when_still("sees all wait", &queue.came, check->threads);
        lock_drop(lock);
        return;
    }
    walked_when_still("comes", &queue.came, place - 1);
    queue.came = place;
    lock_take(lock);
    if (++queue.had != place)
        orders_fail("%u threads wait; the one that came as number %u gets the "
                    "lock as number %u",
                    check->threads - 1, place - 1, queue.had - 1);
    lock_drop(lock);
}

static void come_forwards(void *with, unsigned me)
{
    queue_up(with, me, me);
}

static void come_backwards(void *with, unsigned me)
{
    const struct walked_check *check = with;
    queue_up(with, me, check->threads + 2 - me);
}

/* A queue that has been used before: thread 1 has stood behind the first of
 * those who come, before the others do. */
static void come_after_some(void *with, unsigned me)
{
    const struct walked_check *check = with;
    if (me == 1) {
        lock_take(lock);
        queue.came = queue.had = 1;
        walked_when_still("sees some wait", &queue.came, SOME);
        lock_drop(lock);
        lock_take(lock);
        walked_when_still("sees all wait", &queue.came, check->threads);
        lock_drop(lock);
        return;
    }
    queue_up(check, me, me);
}

static struct orders_subject queue_of(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin_queue,
                                   .body = come_forwards,
                                   .with = (void *)(uintptr_t)check};
}

static struct orders_subject queue_used_before(const struct walked_check *check)
{
    struct orders_subject subject = queue_of(check);
    subject.body = come_after_some;
    return subject;
}

static struct orders_subject queue_backwards(const struct walked_check *check)
{
    struct orders_subject subject = queue_of(check);
    subject.body = come_backwards;
    return subject;
}

/* ---- those who wait sleep: also one order only ---- */

enum {
    AWAKE_MS = 400,
    MOST_WAKES = 3, /* by themselves, in these milliseconds */
    MOST_STEPS = 3000
};

static unsigned never; /* 0 */
static struct {
    int64_t now_ns, limit_ns; /* what time it is for it, and its wait's limit */
    unsigned steps;
} waiter[ORDERS_THREADS];
static unsigned wakes;

static void begin_sleep(void *with)
{
    begin_queue(with);
    memset(waiter, 0, sizeof waiter);
    wakes = 0;
}

/* Thread 1 keeps the lock. */
static void let_wait(void *with, unsigned me)
{
    (void)with;
    if (me > 1)
        walked_when_still("comes", &queue.came, me - 1);
    lock_take(lock);
    queue.came = 1;
    walked_when_still("drops it", &never, 1);
}

/* Each wait that ends by itself costs a wake-up, and each look a little. */
static void see_it_wake(void *with)
{
    const struct threads *threads = orders_threads();
    const struct thread *last = orders_last();
    (void)with;
    if (last) {
        const struct orders_step *step = orders_last_step();
        unsigned me = last->number - 1;
        bool by_itself =
            step->woken == WOKEN_BY_TIME || step->kind == POINT_SLEEP + 1;
        if (by_itself)
            waiter[me].now_ns = waiter[me].limit_ns;
        bool early = waiter[me].now_ns < INT64_C(1000000) * AWAKE_MS;
        if (early && by_itself && ++wakes > MOST_WAKES)
            orders_fail("thread %u, which waits, wakes up by itself again and "
                        "again",
                        last->number);
        if (early && ++waiter[me].steps > MOST_STEPS)
            orders_fail("thread %u, which waits, goes on and on", last->number);
    }
    for (size_t i = 0; i < threads->count; i++)
        waiter[i].limit_ns = threads->thread[i]->point.until_ns;
}

static struct orders_subject sleep_of(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin_sleep,
                                   .body = let_wait,
                                   .look = see_it_wake};
}

#define HANGS (WALKED_FINDS_STUCK | WALKED_FINDS_SPINS | WALKED_FINDS_ENDLESS)

static const struct walked_check checks[] = {
    {.mode = "alone",
     .name = "one thread",
     .subject = alone,
     .threads = 1,
     .rounds = 3},
    {.mode = "two",
     .name = "two locks",
     .subject = two_locks,
     .threads = 3,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | HANGS},
    {.mode = "two",
     .name = "two locks, 1 preemption",
     .subject = two_locks,
     .threads = 3,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 1}},
    {.mode = "handover",
     .name = "one order, 3 threads",
     .subject = queue_of,
     .threads = 3,
     .rounds = 1,
     .finds = HANGS,
     .bounds = {.executions = 1}},
    {.mode = "exclusive",
     .name = "2 threads",
     .subject = keep_out,
     .threads = 2,
     .rounds = 2,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2, .time_outs = 1, .spurious = 1}},
    {.mode = "exclusive",
     .name = "2 threads, also between plain accesses",
     .subject = keep_out,
     .threads = 2,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2,
                .steps = 200,
                .all_steps = 1000000,
                .plain_steps = true}},
    {.mode = "exclusive",
     .name = "3 threads",
     .subject = keep_out,
     .threads = 3,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2, .time_outs = 1, .spurious = 1}},
    {.mode = "again",
     .name = "2 threads",
     .subject = come_again,
     .threads = 2,
     .rounds = 2,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2, .spurious = 1}},
    {.mode = "order",
     .name = "2 threads",
     .subject = come_in_order,
     .threads = 2,
     .rounds = 2,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2, .spurious = 1}},
    {.mode = "order",
     .name = "3 threads",
     .subject = come_in_order,
     .threads = 3,
     .rounds = 2,
     .finds = WALKED_FINDS_CHECK,
     .bounds = {.preemptions = 2}},
    {.mode = "many",
     .name = "one order, 71 threads, the last come first",
     .subject = queue_backwards,
     .threads = 71,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | WALKED_FINDS_STUCK,
     .bounds = {.executions = 1, .steps = 50000}},
    {.mode = "many",
     .name = "one order, 71 threads",
     .subject = queue_of,
     .threads = 71,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | WALKED_FINDS_STUCK,
     .bounds = {.executions = 1, .steps = 50000}},
    {.mode = "many",
     .name = "one order, 71 threads, some served before the others come",
     .subject = queue_used_before,
     .threads = 71,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | WALKED_FINDS_STUCK,
     .bounds = {.executions = 1, .steps = 50000}},
    {.mode = "many",
     .name = "one order, more threads than 8 bits count",
     .subject = queue_of,
     .threads = ORDERS_THREADS,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | WALKED_FINDS_STUCK,
     .bounds = {.executions = 1, .steps = 500000, .all_steps = 500000}},
    {.mode = "lost",
     .name = "2 threads",
     .subject = keep_out,
     .threads = 2,
     .rounds = 2,
     .finds = HANGS,
     .bounds = {.preemptions = 2, .spurious = 1, .no_rescue = true}},
    {.mode = "lost",
     .name = "3 threads",
     .subject = keep_out,
     .threads = 3,
     .rounds = 2,
     .finds = HANGS,
     .bounds = {.preemptions = 1, .no_rescue = true}},
    {.mode = "sleeps",
     .name = "one order, 3 threads",
     .subject = sleep_of,
     .threads = 3,
     .rounds = 1,
     .finds = WALKED_FINDS_CHECK | WALKED_FINDS_SPINS,
     .bounds = {.executions = 1, .steps = 20000}},
    {.mode = "race",
     .name = "2 threads",
     .subject = work,
     .threads = 2,
     .rounds = 2,
     .finds = WALKED_FINDS_RACE | WALKED_FINDS_MISUSE,
     .bounds = {.preemptions = 2, .time_outs = 1, .spurious = 1}},
    {.mode = "race",
     .name = "3 threads",
     .subject = work,
     .threads = 3,
     .rounds = 1,
     .finds = WALKED_FINDS_RACE | WALKED_FINDS_MISUSE,
     .bounds = {.preemptions = 1}},
};

static void *load(const struct harness *harness)
{
    harness_function(harness, "lock_new", &lock_new);
    harness_function(harness, "lock_take", &lock_take);
    harness_function(harness, "lock_drop", &lock_drop);
    void *function = dlsym(harness->student, "lock_free"); /* may be missing */
    memcpy(&lock_free, &function, sizeof function);
    memcpy(&function, &lock_take, sizeof function);
    return function;
}

int main(int argc, char **argv)
{
    static const struct walked_exercise exercise = {
        .name = "03_fair_lock",
        .load = load,
        .check = checks,
        .checks = sizeof checks / sizeof *checks,
    };
    return walked_main(argc, argv, &exercise);
}
