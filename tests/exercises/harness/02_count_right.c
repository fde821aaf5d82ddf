/* SPDX-License-Identifier: MIT
 *
 * Calls add_up() with values of its own, and counts in value() itself: how
 * often each was asked for, and how many threads were there at once.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "harness.h"
#include "operations.h"

typedef uint64_t add_up_function(unsigned threads, uint64_t count,
                                 uint64_t (*value)(uint64_t));

enum {
    MOST = 600000,
    RACERS = 4,
    OUTSIDE = 1000 /* so many calls for values that are not there are enough */
};

static uint64_t salt, values;
static atomic_uint asked[MOST], outside;
static uint64_t outside_first; /* by whoever asked for one first */
static struct meeting meeting;
static _Thread_local bool came;

static uint64_t plain_value(uint64_t i)
{
    uint64_t seed = salt + i;
    return next_random(&seed);
}

static void report_outside(void)
{
    report("outside", "%" PRIu64, outside_first);
}

/* The first call of each thread waits for the other threads'. Not for long if
 * that is not asked for: one thread may rightly take all of few values. */
static uint64_t counted_value(uint64_t i)
{
    if (i < values) {
        atomic_fetch_add(&asked[i], 1);
    } else {
        unsigned before = atomic_fetch_add(&outside, 1);
        if (before == 0)
            outside_first = i;
        if (before == OUTSIDE) { /* 2^64 of them would take too long */
            report_outside();
            harness_end();
        }
    }
    if (!came) {
        came = true;
        meet(&meeting);
    }
    return plain_value(i);
}

/* The first call of each thread waits for the other threads', but puts nothing
 * in an order. */
static uint64_t gathered_value(uint64_t i)
{
    static struct gathering gathering = {.expected = RACERS};
    if (!came) {
        came = true;
        gather(&gathering);
    }
    return plain_value(i);
}

/* Each call waits for the other threads'. */
static uint64_t met_value(uint64_t i)
{
    meet(&meeting);
    return plain_value(i);
}

/* Through a pointer, as in the student's loop. */
static uint64_t right_sum(uint64_t count)
{
    uint64_t (*volatile value)(uint64_t) = plain_value;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i++)
        sum += value(i);
    return sum;
}

static void try_one(add_up_function *add_up, unsigned threads, uint64_t count,
                    unsigned wait_us)
{
    values = count;
    meeting_init(&meeting, count < threads ? (unsigned)count : threads);
    meeting.wait_us = wait_us;
    report("threads", "%u", threads);
    report("count", "%" PRIu64, count);
    uint64_t got = add_up(threads, count, counted_value);
    unsigned never = 0, again = 0;
    for (uint64_t i = 0; i < count; i++) {
        unsigned times = atomic_load(&asked[i]);
        if (times == 0 && never++ == 0)
            report("never_first", "%" PRIu64, i);
        if (times > 1 && again++ == 0)
            report("again_first", "%" PRIu64, i);
    }
    report("never", "%u", never);
    report("again", "%u", again);
    if (atomic_load(&outside))
        report_outside();
    report("got", "%" PRIu64, got);
    report("right", "%" PRIu64, right_sum(count));
    report("met", "%d", meeting.met);
}

/* Threads are stopped anywhere: the sum must not depend on where. */
static void stopped(add_up_function *add_up, unsigned threads)
{
    uint64_t count = UINT64_C(2000000) * threads;
    stops_begin();
    uint64_t got = add_up(threads, count, plain_value);
    stops_end();
    report("stopped_got", "%" PRIu64, got);
    report("stopped_right", "%" PRIu64, right_sum(count));
}

/* The same where the code is shaken: with a value for each thread, so that
 * their ends come together, and with many. */
static void shaken(add_up_function *add_up, unsigned threads)
{
    enum {
        TIMES = 20,
        MANY = 2000
    };
    uint64_t got = 0, right = 0;
    unsigned wait_us = 300000;
    operations_shake();
    for (int i = 0; i < TIMES && got == right; i++) {
        meeting_init(&meeting, threads);
        meeting.wait_us = wait_us;
        got = add_up(threads, threads, met_value);
        right = right_sum(threads);
        if (!meeting.met) /* one of them may rightly take all */
            wait_us = 0;
    }
    if (got == right) {
        got = add_up(threads, MANY, plain_value);
        right = right_sum(MANY);
    }
    report("stopped_got", "%" PRIu64, got);
    report("stopped_right", "%" PRIu64, right);
}

/* Operations on shared memory a value: what an addition costs beside itself.
 * Sums of two threads in one cache line cost as much, but where a line begins
 * is the allocator's chance: they are not counted. */
static void cost(add_up_function *add_up)
{
    const uint64_t count = 100000;
    struct operations before = operations_so_far();
    if (add_up(4, count, plain_value) != right_sum(count))
        report("wrong", "1");
    struct operations after = operations_so_far();
    report("cost", "%.4f",
           (double)(after.shared - before.shared) / (double)count);
    report("waits", "%.4f",
           (double)(after.waits - before.waits) / (double)count);
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    add_up_function *add_up;
    harness_function(&harness, "add_up", &add_up);
    salt = next_random(&harness.seed);
    unsigned threads = random_from(&harness.seed, 3, 6);

    unsigned some = random_from(&harness.seed, 20, 90);
    if (harness_mode(&harness, "several"))
        try_one(add_up, threads, threads * some, 500000);
    if (harness_mode(&harness, "many"))
        try_one(add_up, 129, 129 * some, 500000);
    if (harness_mode(&harness, "stopped"))
        stopped(add_up, threads);
    if (harness_mode(&harness, "shaken"))
        shaken(add_up, threads);
    if (harness_mode(&harness, "one")) {
        try_one(add_up, 1, some, 500000);
        report("second", "%" PRIu64, add_up(1, some, plain_value));
    }
    if (harness_mode(&harness, "uneven"))
        try_one(add_up, threads, threads * some + threads - 1, 500000);
    if (harness_mode(&harness, "few"))
        try_one(add_up, threads, threads - 2, 500000);
    if (harness_mode(&harness, "none"))
        try_one(add_up, threads, 0, 500000);
    if (harness_mode(&harness, "together")) /* enough for large pieces, too */
        try_one(add_up, threads, threads * UINT64_C(100000), 5000000);
    if (harness_mode(&harness, "crowd"))
        try_one(add_up, threads + 16, (threads + 16) * UINT64_C(27000),
                5000000);
    if (harness_mode(&harness, "cost"))
        cost(add_up);
    if (harness_mode(&harness, "race"))
        add_up(RACERS, 20000, gathered_value);
    harness_end();
}
