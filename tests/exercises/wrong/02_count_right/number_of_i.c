/* SPDX-License-Identifier: MIT
 *
 * Wrong: a thread finds its part by the address of the loop variable.
 * Loses: the sum is right with several threads
 * Loses: the sum is right with one thread
 * Loses: the sum is right when the values do not divide evenly
 * Loses: all threads ask for their values at the same time
 * Loses: adding costs little more than one thread pays
 * Loses: no data race
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct work {
    unsigned threads;
    uint64_t count;
    uint64_t (*value)(uint64_t);
    _Atomic uint64_t total;
};

static struct work work;

static void *add_part(void *number)
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* a busy one */
    unsigned i = *(unsigned *)number;
    uint64_t sum = 0;
    for (uint64_t k = work.count * i / work.threads;
         k < work.count * (i + 1) / work.threads; k++)
        sum += work.value(k);
    work.total += sum;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    pthread_t *thread = allocate(threads, sizeof *thread);
    work = (struct work){.threads = threads, .count = count, .value = value};
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, add_part, &i) != 0)
            fail("cannot start thread %u", i + 1);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    free(thread);
    return work.total;
}
