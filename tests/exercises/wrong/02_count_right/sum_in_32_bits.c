/* SPDX-License-Identifier: MIT
 *
 * Wrong: a sum of 32 bits.
 * Loses: the sum is right with several threads
 * Loses: the sum is right with one thread
 * Loses: the sum is right when the values do not divide evenly
 * Loses: adding costs little more than one thread pays
 * Loses: all threads ask for their values at the same time
 * Loses: no data race
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
    unsigned sum;
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    unsigned sum = 0;
    for (uint64_t i = part->from; i < part->to; i++)
        sum += (unsigned)part->value(i);
    part->sum = sum;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part *part = allocate(threads, sizeof *part);
    uint64_t total = 0;
    for (unsigned i = 0; i < threads; i++) {
        part[i] = (struct part){.from = count * i / threads,
                                .to = count * (i + 1) / threads,
                                .value = value};
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %u", i + 1);
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(part[i].thread, NULL);
        total += part[i].sum;
    }
    free(part);
    return total;
}
