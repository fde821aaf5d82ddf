/* SPDX-License-Identifier: MIT
 *
 * add_up THREADS PREEMPTIONS: the function of exercise 02, with which this is
 * linked, in every order: is the sum right, and each value asked for once?
 * Status 1: an order fails.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/columns.h"
#include "common/virtual/orders.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

enum {
    VALUES = 3
};

static unsigned threads;
static uint8_t asked[VALUES];

static void begin(void *with)
{
    (void)with;
    memset(asked, 0, sizeof asked);
}

static uint64_t value(uint64_t i)
{
    if (i >= VALUES || asked[i]++)
        orders_fail("value %" PRIu64 " is asked for, again or at all", i);
    return UINT64_C(1) << i;
}

static void body(void *with, unsigned thread)
{
    (void)with;
    (void)thread;
    uint64_t sum = add_up(threads, VALUES, value);
    if (sum != (1 << VALUES) - 1)
        orders_fail("the sum is %" PRIu64 ", not %d", sum, (1 << VALUES) - 1);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail_usage("add_up THREADS PREEMPTIONS");
    threads = (unsigned)atol(argv[1]);
    const struct orders_subject subject = {.threads = 1,
                                           .begin = begin,
                                           .body = body,
                                           .remembers = asked,
                                           .remembers_bytes = sizeof asked};
    struct orders_bounds bounds = {.preemptions = (unsigned)atol(argv[2])};
    struct orders_result result;
    bool right = orders_walk(&subject, &bounds, &result);
    columns_print(stdout, &subject, &bounds, &result);
    if (right)
        printf("right in %.0f orders, %" PRIu64 " walked\n", result.orders,
               result.executions);
    orders_free(&result);
    return right ? 0 : STATUS_FAILED;
}
