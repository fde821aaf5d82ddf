/* SPDX-License-Identifier: MIT
 *
 * Drives the student's lock with computing threads and an I/O thread. How long
 * the I/O thread waits is told in turns that the computing thread made
 * meanwhile: on a busy machine the clock runs for both, the turns do not.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/at_once.h"
#include "harness.h"
#include "operations.h"

enum {
    ROUNDS = 61,
    GAP_US = 12000, /* more than two intervals */
    MOST = 4,
    VISITS = 200,
    CHECKPOINTS = 100, /* one after the other: not each needs to look */
    ENOUGH = 12
};

struct lock;
static struct lock *(*lock_new)(void);
static void (*lock_take)(struct lock *);
static void (*lock_drop)(struct lock *);
static void (*volatile lock_checkpoint)(struct lock *);

static struct lock *lock;
static struct at_once inside;
static uint64_t guarded; /* by the lock, if it is one */
static const void *last; /* the same */
static uint64_t handoffs;
static atomic_bool ended;

struct worker {
    pthread_t thread;
    _Atomic uint64_t turns;
    double cpu_s;
};

/* One turn: a little work, so that a checkpoint is not all there is. */
static inline uint64_t work(uint64_t x)
{
    for (int i = 0; i < 8; i++)
        x = x * 6364136223846793005 + 1442695040888963407;
    return x;
}

static void turns_of(struct worker *me, struct lock *mine,
                     void (*volatile checkpoint)(struct lock *))
{
    double cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID);
    volatile uint64_t sink = 1;
    uint64_t turns = 0;
    while (!atomic_load_explicit(&ended, memory_order_relaxed)) {
        sink = work(sink);
        atomic_store_explicit(&me->turns, ++turns, memory_order_relaxed);
        checkpoint(mine);
    }
    me->cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID) - cpu_s;
}

static void *compute(void *argument)
{
    struct worker *me = argument;
    lock_take(lock);
    turns_of(me, lock, lock_checkpoint);
    lock_drop(lock);
    return NULL;
}

static atomic_bool reference_request;

static void reference_checkpoint(struct lock *unused)
{
    if (atomic_load_explicit(&reference_request, memory_order_relaxed))
        free(unused);
}

static void *compute_alone(void *argument)
{
    turns_of(argument, NULL, reference_checkpoint);
    return NULL;
}

/* A worker with `body`, for as long as `beside` takes in this thread. */
static struct worker run_worker(void *(*body)(void *),
                                void (*beside)(struct worker *))
{
    struct worker worker = {.turns = 0};
    atomic_store(&ended, false);
    worker.thread = start(body, &worker);
    beside(&worker);
    atomic_store(&ended, true);
    pthread_join(worker.thread, NULL);
    return worker;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The I/O thread beside the computing one: turns that it made during each wait,
 * and the seconds. */
static double waited[ROUNDS], waited_s[ROUNDS];
static int rounds;
static int
    computed; /* rounds in which the other one ran while it had the lock */

static void echo(struct worker *worker)
{
    while (atomic_load(&worker->turns) == 0)
        nap_us(500);
    for (int i = 0; i < rounds; i++) {
        nap_us(GAP_US);
        uint64_t before = atomic_load(&worker->turns);
        double came_s = clock_s(CLOCK_MONOTONIC);
        lock_take(lock);
        waited_s[i] = clock_s(CLOCK_MONOTONIC) - came_s;
        uint64_t now = atomic_load(&worker->turns);
        waited[i] = (double)(now - before);
        nap_us(300);
        computed += atomic_load(&worker->turns) != now;
        lock_drop(lock);
    }
}

static void pause_only(struct worker *worker)
{
    while (atomic_load(&worker->turns) == 0)
        nap_us(500);
    nap_us((unsigned)rounds * GAP_US);
}

/* The median wait, in milliseconds of the computing thread's own speed; and the
 * third shortest by the clock, which no load makes shorter than the lock does,
 * and which some rounds reach under any load. */
static void convoy(void)
{
    rounds = 15;
    struct worker alone = run_worker(compute_alone, pause_only);
    rounds = ROUNDS;
    run_worker(compute, echo);
    qsort(waited, ROUNDS, sizeof waited[0], by_size);
    qsort(waited_s, ROUNDS, sizeof waited_s[0], by_size);
    double turns_ms = (double)alone.turns / alone.cpu_s / 1e3;
    report("io_rounds", "%d", ROUNDS);
    report("computed", "%d", computed);
    report("short_ms", "%.3f", waited_s[2] * 1e3);
    report("median_ms", "%.3f", waited[ROUNDS / 2] / turns_ms);
}

/* What a checkpoint costs a computing thread when nobody wants the lock:
 * operations on shared memory, and waits. */
static void checkpoint_cost(void)
{
    enum {
        MANY = 1000000
    };
    lock_take(lock);
    struct operations before = operations_so_far();
    for (int i = 0; i < MANY; i++)
        lock_checkpoint(lock);
    struct operations after = operations_so_far();
    lock_drop(lock);
    report("cost", "%.4f", (double)(after.shared - before.shared) / MANY);
    report("waits", "%" PRIu64, after.waits - before.waits);
}

static void *wait_once(void *argument)
{
    atomic_int *number = argument; /* in the system */
    atomic_store(number, thread_number());
    lock_take(lock);
    lock_drop(lock);
    return NULL;
}

/* Two locks know nothing of each other: a thread waits for one of them, and for
 * long enough to ask, while the holder uses the other. */
static void apart(void)
{
    struct lock *other = lock_new();
    lock_take(lock);
    atomic_int number = -1;
    pthread_t waiter = start(wait_once, &number);
    while (atomic_load(&number) == -1)
        nap_us(200);
    falls_asleep(atomic_load(&number));
    for (int i = 0; i < 20; i++) {
        nap_us(2000);
        lock_take(other);
        for (int k = 0; k < CHECKPOINTS; k++)
            lock_checkpoint(other);
        lock_drop(other);
    }
    lock_drop(lock);
    pthread_join(waiter, NULL);
}

/* How long each had it: from the last turn of the one before to the first of
 * the next, as one that has it need not run at once. A lock that makes a
 * computing thread wait 5 ms before it asks has no slice below that, on any
 * machine; a lock that does not, has. The first few are those that start. */
static double slice_s[2000];
static unsigned slices;
static double since_s, turn_s; /* turn_s: when the last turn was */

/* Hand-offs. Relaxed: it puts nothing in an order. */
static atomic_bool enough;

static void hand_off(const void *me)
{
    double now_s = clock_s(CLOCK_MONOTONIC);
    if (handoffs++ > 4 && slices < 2000)
        slice_s[slices++] = now_s - since_s;
    if (handoffs >= ENOUGH)
        atomic_store_explicit(&enough, true, memory_order_relaxed);
    since_s = turn_s;
    last = me;
}

/* Computing threads that look, at each turn, who was here before. Each did I/O
 * once, too. */
static void *share(void *argument)
{
    struct worker *me = argument;
    lock_take(lock);
    lock_drop(lock);
    lock_take(lock);
    while (!atomic_load_explicit(&ended, memory_order_relaxed)) {
        at_once_enter(&inside);
        guarded++;
        if (last != me)
            hand_off(me);
        turn_s = clock_s(CLOCK_MONOTONIC);
        me->turns++;
        at_once_leave(&inside);
        lock_checkpoint(lock);
    }
    lock_drop(lock);
    return NULL;
}

/* Nobody has the lock then, so that it is taken without a wait. */
static void take_a_turn(void)
{
    lock_take(lock);
    guarded++;
    lock_checkpoint(lock);
    guarded++;
    lock_drop(lock);
}

static bool all_had_turns(const struct worker *worker, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++)
        if (atomic_load(&worker[i].turns) == 0)
            return false;
    return true;
}

/* For so long, and up to 5 s more until each was there, or until there were
 * hand-offs enough: nothing promises a thread its turns on a busy processor
 * within a time. */
static void together(unsigned threads, unsigned us, bool until_enough)
{
    struct worker worker[MOST] = {{.turns = 0}};
    uint64_t sum = 0;
    unsigned none = 0;
    for (unsigned i = 0; i < threads; i++)
        worker[i].thread = start(share, &worker[i]);
    nap_us(us);
    for (int i = 0; i < 100 && (!all_had_turns(worker, threads) ||
                                (until_enough && !atomic_load(&enough)));
         i++)
        nap_us(50000);
    atomic_store(&ended, true);
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(worker[i].thread, NULL);
        sum += worker[i].turns;
        none += worker[i].turns == 0;
    }
    report("threads", "%u", threads);
    report("at_once", "%u", at_once_most(&inside));
    report("lost", "%" PRId64, (int64_t)(sum - guarded));
    report("none", "%u", none);
    report("handoffs", "%" PRIu64, handoffs);
    if (slices > 1) /* the last one was cut short */
        slices--;
    qsort(slice_s, slices, sizeof slice_s[0], by_size);
    report("short_slice_ms", "%.3f",
           slices ? slice_s[slices > 2 ? 2 : 0] * 1e3 : 0);
}

/* Back from I/O again and again: the lock is free now and then, and others come
 * while one has it. */
static void *visit(void *argument)
{
    struct worker *me = argument;
    for (unsigned i = 0; i < VISITS; i++) {
        lock_take(lock);
        at_once_enter(&inside);
        uint64_t before = guarded;
        nap_us(i % 4 == 0 ? 200 : 0);
        guarded = before + 1;
        me->turns++;
        at_once_leave(&inside);
        for (int k = 0; i % 2 && k < CHECKPOINTS; k++)
            lock_checkpoint(lock);
        lock_drop(lock);
        nap_us(i % 3 * 150);
    }
    return NULL;
}

static void visits(unsigned threads)
{
    struct worker worker[MOST] = {{.turns = 0}};
    uint64_t sum = 0;
    for (unsigned i = 0; i < threads; i++)
        worker[i].thread = start(visit, &worker[i]);
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(worker[i].thread, NULL);
        sum += worker[i].turns;
    }
    report("threads", "%u", threads);
    report("at_once", "%u", at_once_most(&inside));
    report("lost", "%" PRId64, (int64_t)(sum - guarded));
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    harness_function(&harness, "lock_new", &lock_new);
    harness_function(&harness, "lock_take", &lock_take);
    harness_function(&harness, "lock_drop", &lock_drop);
    void (*checkpoint)(struct lock *);
    harness_function(&harness, "lock_checkpoint", &checkpoint);
    lock_checkpoint = checkpoint;
    lock = lock_new();
    if (harness_mode(&harness, "convoy"))
        convoy();
    if (harness_mode(&harness, "apart"))
        apart();
    if (harness_mode(&harness, "cost"))
        checkpoint_cost();
    if (harness_mode(&harness, "together"))
        together(random_from(&harness.seed, 3, MOST), 400000, false);
    if (harness_mode(&harness, "shaken")) {
        operations_shake();
        visits(random_from(&harness.seed, 3, MOST));
    }
    if (harness_mode(&harness, "race")) {
        together(random_from(&harness.seed, 3, MOST), 400000, false);
        in_turn(take_a_turn);
    }
    if (harness_mode(&harness, "late")) {
        operations_wake_late();
        together(2, 200000, true);
    }
    if (harness_mode(&harness, "two"))
        together(2, 1000000, true);
    harness_end();
}
