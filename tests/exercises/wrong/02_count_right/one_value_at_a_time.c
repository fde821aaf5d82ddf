/* SPDX-License-Identifier: MIT
 *
 * Wrong: threads claim values one by one: an atomic operation for each.
 * Loses: adding costs little more than one thread pays
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct work {
    _Atomic uint64_t next;
    uint64_t count;
    uint64_t (*value)(uint64_t);
    _Atomic uint64_t total;
};

static void *add_values(void *argument)
{
    struct work *work = argument;
    uint64_t sum = 0, i;
    while ((i = work->next++) < work->count)
        sum += work->value(i);
    work->total += sum;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct work work = {.count = count, .value = value};
    pthread_t *thread = allocate(threads, sizeof *thread);
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, add_values, &work) != 0)
            fail("cannot start thread %u", i + 1);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    return work.total;
}
