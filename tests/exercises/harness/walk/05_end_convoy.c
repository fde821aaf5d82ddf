/* SPDX-License-Identifier: MIT
 *
 * Walks the student's lock with guests (common/virtual/guests.h), and lets
 * threads that compute and one that does I/O share it on a machine whose clock
 * the program turns (common/virtual/machine.h): all times are virtual.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/guests.h"
#include "common/virtual/machine.h"
#include "common/virtual/sync.h"
#include "walked.h"

struct lock;
static struct lock *(*lock_new)(void);
static void (*lock_take)(struct lock *);
static void (*lock_drop)(struct lock *);
static void (*lock_checkpoint)(struct lock *);

static struct lock *lock;

/* ---- every order ---- */

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

static void checkpoint(unsigned thread)
{
    (void)thread;
    lock_checkpoint(lock);
}

static struct orders_subject guests_with(const struct walked_check *check,
                                         unsigned checkpoints)
{
    guests = (struct guests){.threads = check->threads,
                             .rounds = check->rounds,
                             .checkpoints = checkpoints,
                             .promises = GUESTS_ONE_INSIDE,
                             .begin = new_lock,
                             .take = take,
                             .drop = drop,
                             .checkpoint = checkpoint};
    return guests_subject(&guests);
}

static struct orders_subject keep_out(const struct walked_check *check)
{
    return guests_with(check, 1);
}

/* As many as a lock may count before it looks at the request. */
static struct orders_subject keep_out_long(const struct walked_check *check)
{
    return guests_with(check, 17);
}

/* Threads 1 and 2 use one lock, thread 3 another. */
static struct lock *other;

static void make_two(void)
{
    lock = lock_new();
    other = lock_new();
}

static void begin_two(void *with)
{
    (void)with;
    walked_begin(make_two);
}

static void use_one(void *with, unsigned me)
{
    struct lock *mine = me < 3 ? lock : other;
    (void)with;
    lock_take(mine);
    orders_note("has the lock");
    for (int i = 0; i < 17; i++)
        lock_checkpoint(mine);
    lock_drop(mine);
}

static struct orders_subject two_locks(const struct walked_check *check)
{
    return (struct orders_subject){
        .threads = check->threads, .begin = begin_two, .body = use_one};
}

static void begin_work(void *with)
{
    (void)with;
    new_lock();
}

static void work_often(void *with, unsigned me)
{
    const struct walked_check *check = with;
    (void)me;
    for (unsigned i = 0; i < check->rounds; i++) {
        lock_take(lock);
        walked_work();
        orders_note("has the lock");
        lock_checkpoint(lock);
        walked_work();
        lock_drop(lock);
    }
}

static struct orders_subject work(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin_work,
                                   .body = work_often,
                                   .with = (void *)(uintptr_t)check};
}

enum {
    INSIDE_OR_HANGS = WALKED_FINDS_CHECK | WALKED_FINDS_STUCK |
                      WALKED_FINDS_SPINS | WALKED_FINDS_ENDLESS,
    RACES = WALKED_FINDS_RACE | WALKED_FINDS_MISUSE
};

static const struct walked_check checks[] = {
    {.mode = "exclusive",
     .name = "2 threads",
     .subject = keep_out,
     .threads = 2,
     .rounds = 2,
     .finds = INSIDE_OR_HANGS,
     .bounds = {.preemptions = 2, .time_outs = 2, .spurious = 1}},
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
     .finds = INSIDE_OR_HANGS,
     .bounds = {.preemptions = 1, .time_outs = 2, .spurious = 1}},
    {.mode = "exclusive",
     .name = "3 threads, many checkpoints",
     .subject = keep_out_long,
     .threads = 3,
     .rounds = 1,
     .finds = INSIDE_OR_HANGS,
     .bounds = {.preemptions = 2, .time_outs = 1}},
    {.mode = "apart",
     .name = "two locks",
     .subject = two_locks,
     .threads = 3,
     .rounds = 1,
     .finds = INSIDE_OR_HANGS,
     .bounds = {.preemptions = 1}},
    {.mode = "race",
     .name = "2 threads",
     .subject = work,
     .threads = 2,
     .rounds = 2,
     .finds = RACES,
     .bounds = {.preemptions = 2, .time_outs = 2, .spurious = 1}},
    {.mode = "race",
     .name = "3 threads",
     .subject = work,
     .threads = 3,
     .rounds = 1,
     .finds = RACES,
     .bounds = {.preemptions = 1, .time_outs = 1}},
};

/* ---- virtual time ---- */

enum {
    IO_ROUNDS = 61,
    LIMIT_NS = 2000000000,  /* longer than all of them take */
    GAP_NS = 12000000,      /* of I/O: more than two intervals */
    SHORT_GAP_NS = 1000000, /* of each third I/O: less than one */
    HOLD_NS = 300000,       /* that the I/O thread has the lock */
    TURN = 2000,            /* additions of 5 ns between two checkpoints */
    SLICES = 2000
};

static bool ended;

static struct worker {
    pthread_t thread;
    uint64_t turns;
} worker[2];

static unsigned handoffs, slices;
static const struct worker *last;
static int64_t since_ns, slice_ns[SLICES];

/* How long each had it, from one hand-off to the next. The first few are those
 * of threads that start. */
static void hand_off(const struct worker *me)
{
    int64_t now_ns = virtual_wall_ns();
    if (handoffs++ > 4 && slices < SLICES)
        slice_ns[slices++] = now_ns - since_ns;
    since_ns = now_ns;
    last = me;
}

static void *compute(void *argument)
{
    struct worker *me = argument;
    lock_take(lock); /* it did I/O once, too */
    lock_drop(lock);
    virtual_sleep_ns(HOLD_NS, VIRTUAL_HERE); /* a third may take it now */
    lock_take(lock);
    while (!ended && virtual_wall_ns() < LIMIT_NS) {
        if (last != me)
            hand_off(me);
        me->turns++;
        machine_add(TURN, NULL);
        lock_checkpoint(lock);
    }
    lock_drop(lock);
    return NULL;
}

static void start_worker(struct worker *one)
{
    virtual_create(&one->thread, compute, one, VIRTUAL_HERE);
}

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A thread that does I/O while another computes. */
static void *convoy(void *unused)
{
    int64_t waited_ns[IO_ROUNDS], held_ns = 0;
    unsigned late = 0, computed = 0;
    lock = lock_new();
    start_worker(&worker[0]);
    for (int i = 0; i < IO_ROUNDS; i++) {
        virtual_sleep_ns(i % 3 == 2 ? SHORT_GAP_NS : GAP_NS, VIRTUAL_HERE);
        int64_t came_ns = virtual_wall_ns();
        lock_take(lock);
        waited_ns[i] = virtual_wall_ns() - came_ns;
        late += waited_ns[i] >= 1000000 || came_ns >= LIMIT_NS;
        uint64_t turns = worker[0].turns;
        virtual_sleep_ns(HOLD_NS, VIRTUAL_HERE);
        held_ns += HOLD_NS;
        computed += worker[0].turns != turns;
        lock_drop(lock);
    }
    ended = true;
    int64_t all_ns = virtual_wall_ns() - held_ns;
    if (all_ns > LIMIT_NS)
        all_ns = LIMIT_NS;
    virtual_join(worker[0].thread, NULL, VIRTUAL_HERE);
    qsort(waited_ns, IO_ROUNDS, sizeof *waited_ns, by_size);
    report("io_rounds", "%d", IO_ROUNDS);
    report("late", "%u", late);
    report("median_ms", "%.3f", (double)waited_ns[IO_ROUNDS / 2] / 1e6);
    report("computed", "%u", computed);
    report("speed", "%.2f",
           (double)worker[0].turns * TURN * 5 / (double)all_ns);
    return unused;
}

/* Two threads that compute. Both wait for a third when they begin. */
static void *two(void *unused)
{
    unsigned none = 0;
    lock = lock_new();
    for (unsigned i = 0; i < 2; i++)
        start_worker(&worker[i]);
    virtual_sleep_ns(HOLD_NS / 2, VIRTUAL_HERE);
    lock_take(lock);
    virtual_sleep_ns(HOLD_NS, VIRTUAL_HERE);
    lock_drop(lock);
    virtual_sleep_ns(1000000000, VIRTUAL_HERE);
    ended = true;
    for (unsigned i = 0; i < 2; i++) {
        virtual_join(worker[i].thread, NULL, VIRTUAL_HERE);
        none += worker[i].turns == 0;
    }
    if (slices > 1) /* the last one was cut short */
        slices--;
    qsort(slice_ns, slices, sizeof *slice_ns, by_size);
    report("none", "%u", none);
    report("handoffs", "%u", handoffs);
    report("short_slice_ms", "%.3f",
           slices ? (double)slice_ns[slices > 2 ? 2 : 0] / 1e6 : 0);
    return unused;
}

static void count(const struct harness *harness)
{
    static const struct {
        const char *mode;
        void *(*body)(void *);
    } runs[] = {{"convoy", convoy}, {"two", two}};
    struct machine_config config = machine_usual;
    config.access_ns = 20;
    config.limit_ns = INT64_C(60000000000);
    struct machine *machine = machine_new(&config);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
        if (harness_mode(harness, runs[i].mode))
            machine_run(machine, runs[i].body, NULL);
    machine_free(machine);
}

static void *load(const struct harness *harness)
{
    harness_function(harness, "lock_new", &lock_new);
    harness_function(harness, "lock_take", &lock_take);
    harness_function(harness, "lock_drop", &lock_drop);
    harness_function(harness, "lock_checkpoint", &lock_checkpoint);
    void *function;
    memcpy(&function, &lock_take, sizeof function);
    return function;
}

int main(int argc, char **argv)
{
    static const struct walked_exercise exercise = {
        .name = "05_end_convoy",
        .load = load,
        .check = checks,
        .checks = sizeof checks / sizeof *checks,
        .count = count,
    };
    return walked_main(argc, argv, &exercise);
}
