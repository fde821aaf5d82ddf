/* SPDX-License-Identifier: MIT
 *
 * Right: thread i takes the values i, i + threads, i + 2 * threads, ...
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct part {
    pthread_t thread;
    uint64_t from, step, count;
    uint64_t (*value)(uint64_t);
    uint64_t sum;
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    for (uint64_t i = part->from; i < part->count; i += part->step)
        part->sum += part->value(i);
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part *part = allocate(threads, sizeof *part);
    uint64_t total = 0;
    for (unsigned i = 0; i < threads; i++) {
        part[i] = (struct part){
            .from = i, .step = threads, .count = count, .value = value};
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
