/* SPDX-License-Identifier: MIT
 *
 * Is the lock right in every order of its steps?
 *
 * A test lets threads run, and sees one order of their steps: the one that the
 * machine happens to choose. This lab chooses itself: it runs the threads again
 * and again, until all orders have been tried (common/virtual/orders.h).
 *
 * Below is a lock like Python's, in 25 lines. --mistake makes it wrong in one
 * line. Predict for each mistake: what will go wrong? How many of the orders
 * show it? Would a test have found it? Then run it. --lock walks the kit's real
 * locks, in common/gil. With --order you choose who goes on: try to break it.
 *
 * --counter: two threads count without a lock. Each adds 1 three times. How
 * small can the sum get?
 */
#include "common/virtual/interpreter.h"
#include "common/virtual_lab/lock_walk.h"
#include "common/virtual_lab/order_puzzles.h"
#include "common/virtual_lab/walks.h"

enum mistake {
    NONE,
    IF,      /* take looks once: if, not while */
    OUTSIDE, /* drop frees it before it has the mutex */
    SIGNAL,  /* drop wakes nobody */
    FORCED,  /* drop does not wait until another has taken it */
    WAKE,    /* take does not wake the one that waits there */
    REQUEST, /* take leaves the request */
    OTHER,   /* drop wakes those that wait for the other condition */
    CLEAR,   /* drop clears the request */
    ONCE,    /* drop waits once: if, not while; fails with --spurious 1 */
    BACK,    /* checkpoint does not take it back */
};
static const char *const mistakes[] = {"none",   "if",   "outside", "signal",
                                       "forced", "wake", "request", "other",
                                       "clear",  "once", "back",    NULL};
static int mistake;

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t released, switched;
    bool locked;
    unsigned last;        /* the thread that had it last */
    _Atomic bool request; /* drop it at your next checkpoint */
} lock;

static void take(unsigned me)
{
    pthread_mutex_lock(&lock.mutex);
    while (lock.locked) {
        if (cond_wait_us(&lock.released, &lock.mutex, 5000) && lock.locked)
            lock.request = true;
        if (mistake == IF)
            break;
    }
    lock.locked = true;
    lock.last = me;
    if (mistake != WAKE)
        pthread_cond_signal(&lock.switched);
    if (mistake != REQUEST)
        lock.request = false;
    pthread_mutex_unlock(&lock.mutex);
}

static void drop(unsigned me)
{
    if (mistake == OUTSIDE)
        lock.locked = false;
    pthread_mutex_lock(&lock.mutex);
    lock.locked = false;
    if (mistake == OTHER)
        pthread_cond_signal(&lock.switched);
    else if (mistake != SIGNAL)
        pthread_cond_signal(&lock.released);
    if (mistake == CLEAR)
        lock.request = false;
    while (lock.request && lock.last == me && mistake != FORCED) {
        pthread_cond_wait(&lock.switched, &lock.mutex);
        if (mistake == ONCE)
            break;
    }
    pthread_mutex_unlock(&lock.mutex);
}

static void checkpoint(unsigned me)
{
    if (!lock.request)
        return;
    drop(me);
    if (mistake != BACK)
        take(me);
}

static void begin(void)
{
    lock.locked = false;
    lock.request = false;
    lock.last = 0;
    pthread_mutex_init(&lock.mutex, NULL);
}

static bool asked(void)
{
    return lock.request;
}

static const struct guests own = {
    .checkpoints = 1,
    .promises = GUESTS_ONE_INSIDE | GUESTS_SWITCH | GUESTS_LOSE |
                GUESTS_LEAVE_NO_REQUEST,
    .begin = begin,
    .take = take,
    .drop = drop,
    .checkpoint = checkpoint,
    .asked = asked,
};

/* The other subject: counter += 1, as the processor does it. */
static atomic_int counter;
static uint64_t additions = 3;

static void add(void *with, unsigned me)
{
    (void)with;
    (void)me;
    for (uint64_t i = 0; i < additions; i++) {
        int seen = atomic_load_explicit(&counter, memory_order_relaxed);
        seen = seen + 1;
        atomic_store_explicit(&counter, seen, memory_order_relaxed);
    }
}

static const struct order_stage stage = {
    .lab = "14_gil_orders",
    .lock = &own,
    .mistake = &mistake,
    .mistakes = mistakes,
    .add = add,
    .counter = &counter,
    .additions = &additions,
};

static const struct lab lab = {
    .name = "14_gil_orders",
    .question = "Is the lock right in every order of its steps?",
};

static const char *const locks[] = {"own",   "none",     "mutex",
                                    "ticks", "interval", NULL};
static int which;
static bool counts;
static uint64_t threads = 2, rounds = 1;

static struct option_row rows[] = {
    {.name = "mistake",
     .value = "WHICH",
     .help = "if, outside, signal, ...: see file",
     .kind = OPTION_WORD,
     .into = &mistake,
     .words = mistakes},
    {.name = "lock",
     .value = "POLICY",
     .help = "not this file's lock: none, mutex, ticks or interval",
     .kind = OPTION_WORD,
     .into = &which,
     .words = locks},
    {.name = "tasks",
     .letter = 't',
     .value = "N",
     .help = "threads (default 2)",
     .kind = OPTION_WHOLE,
     .into = &threads,
     .low = 1,
     .high = GUESTS_MOST},
    {.name = "rounds",
     .value = "N",
     .help = "how often each takes the lock (default 1)",
     .kind = OPTION_WHOLE,
     .into = &rounds,
     .low = 1,
     .high = 100},
    {.name = "counter",
     .help = "two threads count without a lock",
     .kind = OPTION_FLAG,
     .into = &counts},
    {.name = "count",
     .value = "N",
     .help = "with --counter: additions a thread (default 3)",
     .kind = OPTION_WHOLE,
     .into = &additions,
     .low = 1,
     .high = 100},
};

int main(int argc, char **argv)
{
    struct walks walks = {
        .bounds = {.preemptions = 2, .time_outs = 1, .no_rescue = true}};
    walks_begin(&walks, &lab, rows, sizeof rows / sizeof *rows, argc, argv);
    walks_exclude("mistake", mistake, "lock", which);
    walks_exclude("mistake", mistake, "counter", counts);
    walks_exclude("lock", which, "counter", counts);
    if (walks.puzzle.asked)
        return order_puzzles_play(&stage, &walks.puzzle, walks.json);
    if (counts)
        return counter_walk(&walks, (unsigned)threads, add, &counter,
                            (unsigned)additions);
    struct guests guests =
        which ? interpreter_guests(gil_policies[which - 1]) : own;
    guests.threads = (unsigned)threads;
    guests.rounds = (unsigned)rounds;
    return lock_walk(&walks, &guests);
}
