/* SPDX-License-Identifier: MIT
 *
 * Wrong: counts pieces of count / threads values, which is 0 for few values.
 * Loses: the sum is right when the values do not divide evenly
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
    uint64_t each = count / threads, pieces = count / each;
    struct part *part = allocate(pieces, sizeof *part);
    uint64_t total = 0;
    for (uint64_t i = 0; i < pieces; i++) {
        part[i] = (struct part){.from = i * each,
                                .to = i + 1 < pieces ? (i + 1) * each : count,
                                .value = value};
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %" PRIu64 "", i + 1);
    }
    for (uint64_t i = 0; i < pieces; i++) {
        pthread_join(part[i].thread, NULL);
        total += part[i].sum;
    }
    free(part);
    return total;
}
