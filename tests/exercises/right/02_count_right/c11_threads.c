/* SPDX-License-Identifier: MIT
 *
 * Right: threads and a mutex of C11.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <threads.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

static mtx_t mutex;
static uint64_t total;

struct part {
    thrd_t thread;
    uint64_t from, to;
    uint64_t (*value)(uint64_t);
};

static int add_part(void *argument)
{
    struct part *part = argument;
    uint64_t sum = 0;
    for (uint64_t i = part->from; i < part->to; i++)
        sum += part->value(i);
    mtx_lock(&mutex);
    total += sum;
    mtx_unlock(&mutex);
    return 0;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part *part = allocate(threads, sizeof *part);
    mtx_init(&mutex, mtx_plain);
    total = 0;
    for (unsigned i = 0; i < threads; i++) {
        part[i] = (struct part){.from = count * i / threads,
                                .to = count * (i + 1) / threads,
                                .value = value};
        if (thrd_create(&part[i].thread, add_part, &part[i]) != thrd_success)
            fail("cannot start thread %u", i + 1);
    }
    for (unsigned i = 0; i < threads; i++)
        thrd_join(part[i].thread, NULL);
    mtx_destroy(&mutex);
    free(part);
    return total;
}
