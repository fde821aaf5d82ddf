/* SPDX-License-Identifier: MIT
 *
 * Wrong: atomic reads and writes, with the addition between them; value() is
 * asked before, so that only a moment is left for another thread.
 * Loses: the sum is right with several threads
 * Loses: the sum is right when the values do not divide evenly
 * Loses: all threads ask for their values at the same time
 * Loses: adding costs little more than one thread pays
 * Loses: no data race
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

/* ---- yours: from here ---- */

static _Atomic uint64_t total;

struct part {
    pthread_t thread;
    uint64_t from, to; /* not including `to` */
    uint64_t (*value)(uint64_t);
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    for (uint64_t i = part->from; i < part->to; i++) {
        uint64_t mine = part->value(i);
        uint64_t before = atomic_load(&total);
        atomic_store(&total, before + mine);
    }
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    total = 0;
    struct part *part = allocate(threads, sizeof *part);
    for (unsigned i = 0; i < threads; i++) {
        part[i].from = count * i / threads;
        part[i].to = count * (i + 1) / threads;
        part[i].value = value;
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %u", i + 1);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(part[i].thread, NULL);
    free(part);
    return total;
}

/* ---- to here ---- */

/* Any function will do; this one spreads the bits well. */
static uint64_t scramble(uint64_t i)
{
    i = (i ^ i >> 31) * 0x9e3779b97f4a7c15;
    return i ^ i >> 29;
}

static const struct lab lab = {
    .name = "02_count_right",
    .question = "Is the sum right?",
    .options = OPTIONS_TASKS,
};

int main(int argc, char **argv)
{
    struct options options = lab_begin(&lab, argc, argv);
    const uint64_t count = 1000000;
    uint64_t right = add_up(1, count, scramble);
    uint64_t sum = add_up((unsigned)options.tasks, count, scramble);
    printf("one thread:  %" PRIu64 "\n%2" PRIu64 " threads:  %" PRIu64 "  %s\n",
           right, options.tasks, sum, sum == right ? "right" : "wrong");
    return sum == right ? 0 : STATUS_FAILED;
}
