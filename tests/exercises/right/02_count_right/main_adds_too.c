/* SPDX-License-Identifier: MIT
 *
 * Right: the calling thread is one of the threads.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct part {
    pthread_t thread;
    uint64_t from, to;
    uint64_t (*value)(uint64_t);
    uint64_t sum;
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    uint64_t sum = 0;
    for (uint64_t i = part->from; i < part->to; i++)
        sum += part->value(i);
    part->sum = sum;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part part[threads];
    for (unsigned i = 0; i < threads; i++) {
        uint64_t rest = count % threads, each = count / threads;
        part[i].from = i * each + (i < rest ? i : rest);
        part[i].to = part[i].from + each + (i < rest);
        part[i].value = value;
        if (i + 1 == threads)
            add_part(&part[i]);
        else if (pthread_create(&part[i].thread, NULL, add_part, &part[i]))
            fail("cannot start thread %u", i + 1);
    }
    uint64_t total = part[threads - 1].sum;
    for (unsigned i = 0; i + 1 < threads; i++) {
        pthread_join(part[i].thread, NULL);
        total += part[i].sum;
    }
    return total;
}
