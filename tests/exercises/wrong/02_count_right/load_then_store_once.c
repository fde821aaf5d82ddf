/* SPDX-License-Identifier: MIT
 *
 * Wrong: each thread adds its sum to the shared one by an atomic read and an
 * atomic write: no data race, and yet two steps. It asks the system for the
 * thread's number, so that it cannot be walked.
 * Loses: the sum is right with several threads
 * Loses: the sum is right when the values do not divide evenly
 * Loses: all threads ask for their values at the same time
 * Loses: adding costs little more than one thread pays
 * Loses: no data race
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

static _Atomic uint64_t total;

struct part {
    pthread_t thread;
    uint64_t from, to;
    uint64_t (*value)(uint64_t);
    long number;
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    uint64_t sum = 0;
    for (uint64_t i = part->from; i < part->to; i++)
        sum += part->value(i);
    part->number = syscall(SYS_gettid);
    uint64_t before = atomic_load(&total);
    atomic_store(&total, before + sum);
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part *part = allocate(threads, sizeof *part);
    atomic_store(&total, 0);
    for (unsigned i = 0; i < threads; i++) {
        part[i] = (struct part){.from = count * i / threads,
                                .to = count * (i + 1) / threads,
                                .value = value};
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %u", i + 1);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(part[i].thread, NULL);
    free(part);
    return atomic_load(&total);
}
