/* SPDX-License-Identifier: MIT
 *
 * fair_lock THREADS PREEMPTIONS: the lock of exercise 03, with which this is
 * linked, in every order. Status 1: an order fails.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/columns.h"
#include "common/virtual/guests.h"

struct lock;
struct lock *lock_new(void);
__attribute__((weak)) void
lock_free(struct lock *lock); /* not every answer's */
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

static struct lock *lock;

static void begin(void)
{
    if (lock && lock_free)
        lock_free(lock);
    lock = lock_new();
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

int main(int argc, char **argv)
{
    if (argc != 3)
        fail_usage("fair_lock THREADS PREEMPTIONS");
    struct guests guests = {.threads = (unsigned)atol(argv[1]),
                            .rounds = 2,
                            .promises = GUESTS_ONE_INSIDE | GUESTS_IN_ORDER,
                            .begin = begin,
                            .take = take,
                            .drop = drop};
    struct orders_bounds bounds = {.preemptions = (unsigned)atol(argv[2]),
                                   .no_rescue = true,
                                   .no_spinning = true};
    struct orders_subject subject = guests_subject(&guests);
    struct orders_result result;
    bool right = orders_walk(&subject, &bounds, &result);
    columns_print(stdout, &subject, &bounds, &result);
    if (right)
        printf("right in %.0f orders, %" PRIu64 " walked\n", result.orders,
               result.executions);
    orders_free(&result);
    return right ? 0 : STATUS_FAILED;
}
