/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/lock_walk.h"

#include <stdio.h>

#include "common/base/fail.h"
#include "common/lab/screen.h"
#include "common/virtual_lab/walks.h"

enum {
    NO_LIMIT = 1000000
};

static const struct {
    enum guests_promises promise;
    const char *text;
} promises[] = {
    {GUESTS_ONE_INSIDE, "only one thread has it"},
    {GUESTS_IN_ORDER, "nobody that waits is overtaken"},
    {GUESTS_SWITCH,
     "a thread that drops it when asked is not the next to have it"},
    {GUESTS_ASK_LATE, "only a thread that has waited a whole interval asks"},
    {GUESTS_LOSE, "then the holder loses it at its next checkpoint"},
    {GUESTS_LEAVE_NO_REQUEST, "no request is left when all have ended"},
};

static const char *times(unsigned number)
{
    static char text[20];
    snprintf(text, sizeof text, "%u times", number);
    return number == 1 ? "once" : number == 2 ? "twice" : text;
}

int lock_walk(struct walks *walks, const struct guests *guests)
{
    screen_line("%u thread%s the lock %s. In every order:", guests->threads,
                guests->threads > 1 ? "s take and drop" : " takes and drops",
                times(guests->rounds));
    screen_line("  - all come to their end, there is no data race, a mutex is "
                "used as it must be");
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (guests->promises & promises[i].promise)
            screen_line("  - %s", promises[i].text);
    screen_line("%s", "");
    struct orders_subject subject = guests_subject(guests);
    return walks_run(walks, &subject);
}

/* The counter. */
static struct {
    atomic_int *counter;
    int low, high; /* sums that are sought */
} counting;

static void begin(void *with)
{
    (void)with;
    atomic_store(counting.counter, 0);
}

static void end(void *with)
{
    int sum = counter_sum();
    (void)with;
    if (sum >= counting.low && sum <= counting.high)
        orders_fail("the sum is %d", sum);
}

struct orders_subject counter_subject(unsigned threads,
                                      void (*add)(void *with, unsigned thread),
                                      atomic_int *counter)
{
    counting.counter = counter;
    return (struct orders_subject){
        .threads = threads, .begin = begin, .body = add, .end = end};
}

void counter_seek(int low, int high)
{
    counting.low = low;
    counting.high = high;
}

int counter_sum(void)
{
    return atomic_load(counting.counter);
}

/* How many orders give this sum. */
static double count(const struct walks *walks,
                    const struct orders_subject *subject, int sum,
                    struct orders_result *result)
{
    counter_seek(sum, sum);
    orders_walk(subject, &walks->bounds, result);
    double failing = result->failing;
    orders_free(result);
    return failing;
}

int counter_walk(struct walks *walks, unsigned threads,
                 void (*add)(void *with, unsigned thread), atomic_int *counter,
                 unsigned additions)
{
    struct orders_subject subject = counter_subject(threads, add, counter);
    struct orders_result result;
    int right = (int)(threads * additions), smallest = right;
    if (!walks->preemptions_said)
        walks->bounds.preemptions = NO_LIMIT;
    counter_seek(0, right - 1);
    screen_line("%u thread%s 1 to a counter, %s each, without a lock: load, "
                "add, store.",
                threads, threads > 1 ? "s add" : " adds", times(additions));
    if (walks->order || walks->replay || walks->bounds.random_orders)
        return walks_run(walks, &subject);
    for (int sum = right; sum > 0; sum--) {
        double orders = count(walks, &subject, sum, &result);
        if (!result.all)
            break;
        if (orders > 0)
            screen_line("  the sum is %3d in %.10g orders", sum, orders);
        if (orders > 0)
            smallest = sum;
    }
    screen_line("%s", "");
    counter_seek(0, smallest < right ? smallest : right - 1);
    return walks_run(walks, &subject);
}
