/* SPDX-License-Identifier: MIT
 *
 * Right: each thread starts one for half of its work, until there are enough.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct half {
    unsigned threads;
    uint64_t from, to;
    uint64_t (*value)(uint64_t);
    uint64_t sum;
};

static void *add_half(void *argument)
{
    struct half *all = argument;
    if (all->threads <= 1) {
        for (uint64_t i = all->from; i < all->to; i++)
            all->sum += all->value(i);
        return NULL;
    }
    struct half left = *all, right = *all;
    left.threads = all->threads / 2;
    right.threads = all->threads - left.threads;
    left.to = right.from =
        all->from + (all->to - all->from) * left.threads / all->threads;
    pthread_t thread;
    if (pthread_create(&thread, NULL, add_half, &left) != 0)
        fail("cannot start a thread");
    add_half(&right);
    pthread_join(thread, NULL);
    all->sum = left.sum + right.sum;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct half all = {threads, 0, count, value, 0};
    add_half(&all);
    return all.sum;
}
