/* SPDX-License-Identifier: MIT
 *
 * Right: threads claim pieces of 1,024 values; one may take all of few.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

enum {
    PIECE = 1024
};

struct work {
    _Atomic uint64_t next;
    uint64_t count;
    uint64_t (*value)(uint64_t);
    _Atomic uint64_t total;
};

static void *add_pieces(void *argument)
{
    struct work *work = argument;
    uint64_t sum = 0, from;
    while ((from = atomic_fetch_add(&work->next, PIECE)) < work->count)
        for (uint64_t i = from; i < from + PIECE && i < work->count; i++)
            sum += work->value(i);
    atomic_fetch_add(&work->total, sum);
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct work work = {.count = count, .value = value};
    pthread_t *thread = allocate(threads, sizeof *thread);
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, add_pieces, &work) != 0)
            fail("cannot start thread %u", i + 1);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    return atomic_load(&work.total);
}
