/* SPDX-License-Identifier: MIT
 *
 * Walks add_up(). value(i) is 10 to the power of i: a sum that is wrong shows
 * which of them is lost, and which is in it twice.
 */
#include <inttypes.h>
#include <string.h>

#include "walked.h"

enum {
    MOST = 12 /* values */
};

typedef uint64_t add_up_function(unsigned threads, uint64_t count,
                                 uint64_t (*value)(uint64_t));

static add_up_function *add_up;
static unsigned asked[MOST];

static uint64_t power(uint64_t i)
{
    return i == 0 ? 1 : 10 * power(i - 1);
}

static uint64_t value(uint64_t i)
{
    if (i >= MOST) {
        orders_fail("value(%" PRIu64 ") is asked for", i);
        return 0;
    }
    if (++asked[i] > 1)
        orders_fail("value(%" PRIu64 ") is asked for a second time", i);
    return power(i);
}

static void nothing(void)
{
}

static void begin(void *with)
{
    (void)with;
    memset(asked, 0, sizeof asked);
    walked_begin(nothing);
}

static void add(void *with, unsigned me)
{
    const struct walked_check *check = with;
    unsigned count = check->threads * check->rounds;
    uint64_t right = 0;
    (void)me;
    for (unsigned i = 0; i < count; i++)
        right += power(i);
    uint64_t sum = add_up(check->threads, count, value);
    for (unsigned i = 0; i < count; i++)
        if (!asked[i])
            orders_fail("value(%u) was not asked for when add_up() returned",
                        i);
    if (sum != right)
        orders_fail("the sum of %u values is %" PRIu64 ", and not %" PRIu64
                    " (value(i) is 10 to the power of i)",
                    count, sum, right);
}

static struct orders_subject add_with(const struct walked_check *check)
{
    return (struct orders_subject){.threads = 1,
                                   .begin = begin,
                                   .body = add,
                                   .with = (void *)(uintptr_t)check,
                                   .remembers = asked,
                                   .remembers_bytes = sizeof asked};
}

/* To look again and again is slow, and not wrong. */
#define SUM (WALKED_FINDS_CHECK | WALKED_FINDS_STUCK)
#define RACE (WALKED_FINDS_RACE | WALKED_FINDS_MISUSE)

static const struct walked_check checks[] = {
    {.mode = "one",
     .name = "1 thread",
     .subject = add_with,
     .threads = 1,
     .rounds = 2,
     .finds = SUM,
     .bounds = {.preemptions = 2}},
    {.mode = "sum",
     .name = "2 threads",
     .subject = add_with,
     .threads = 2,
     .rounds = 2,
     .finds = SUM,
     .bounds = {.preemptions = 2, .spurious = 1}},
    {.mode = "sum",
     .name = "3 threads",
     .subject = add_with,
     .threads = 3,
     .rounds = 1,
     .finds = SUM,
     .bounds = {.preemptions = 2}},
    {.mode = "sum",
     .name = "2 threads, each access",
     .subject = add_with,
     .threads = 2,
     .rounds = 2,
     .finds = SUM,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "race",
     .name = "2 threads",
     .subject = add_with,
     .threads = 2,
     .rounds = 2,
     .finds = RACE,
     .bounds = {.preemptions = 2}},
    {.mode = "race",
     .name = "3 threads",
     .subject = add_with,
     .threads = 3,
     .rounds = 1,
     .finds = RACE,
     .bounds = {.preemptions = 1}},
};

static void *load(const struct harness *harness)
{
    void *function;
    harness_function(harness, "add_up", &add_up);
    memcpy(&function, &add_up, sizeof function);
    return function;
}

int main(int argc, char **argv)
{
    static const struct walked_exercise exercise = {
        .name = "02_count_right",
        .load = load,
        .check = checks,
        .checks = sizeof checks / sizeof *checks,
    };
    return walked_main(argc, argv, &exercise);
}
