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
    MOST = 1000
};

static uint64_t salt;
static atomic_uint asked[MOST];
static struct meeting meeting;
static _Thread_local bool came;

static uint64_t plain_value(uint64_t i)
{
    uint64_t seed = salt + i;
    return next_random(&seed);
}

/* The first call of each thread waits for the other threads'. */
static uint64_t counted_value(uint64_t i)
{
    if (i < MOST)
        atomic_fetch_add(&asked[i], 1);
    if (!came) {
        came = true;
        meet(&meeting);
    }
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

static void try_one(add_up_function *add_up, unsigned threads, uint64_t count)
{
    unsigned once = 0, outside = 0;
    for (unsigned i = 0; i < MOST; i++)
        atomic_store(&asked[i], 0);
    meeting_init(&meeting, count < threads ? (unsigned)count : threads);
    uint64_t got = add_up(threads, count, counted_value);
    for (unsigned i = 0; i < MOST; i++) {
        once += i < count && atomic_load(&asked[i]) == 1;
        outside += i >= count && atomic_load(&asked[i]) > 0;
    }
    report("threads", "%u", threads);
    report("count", "%" PRIu64, count);
    report("got", "%" PRIu64, got);
    report("right", "%" PRIu64, right_sum(count));
    report("asked_once", "%u", once);
    report("asked_outside", "%u", outside);
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

/* Operations on shared memory a value: what an addition costs beside itself. */
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

    if (harness_mode(&harness, "parallel"))
        try_one(add_up, threads, threads * random_from(&harness.seed, 50, 150));
    if (harness_mode(&harness, "stopped"))
        stopped(add_up, threads);
    if (harness_mode(&harness, "one"))
        try_one(add_up, 1, random_from(&harness.seed, 2, 900));
    if (harness_mode(&harness, "remainder"))
        try_one(add_up, threads,
                threads * random_from(&harness.seed, 20, 90) + threads - 1);
    if (harness_mode(&harness, "few"))
        try_one(add_up, threads, 1);
    if (harness_mode(&harness, "cost"))
        cost(add_up);
    if (harness_mode(&harness, "race")) /* value() synchronises nobody here */
        add_up(4, 20000, plain_value);
    harness_end();
}
