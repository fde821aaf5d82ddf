/* SPDX-License-Identifier: MIT
 *
 * Exercise 02: count right.
 *
 * add_up() adds value(0) + value(1) + ... + value(count - 1), modulo 2^64. It
 * does this with `threads` threads. Run it a few times:
 *
 *     build/exercises/02_count_right --tasks 4
 *
 * Often the sum is not the one that a single thread finds. Two threads read the
 * same total. Both add to it, and both store their result. The second store
 * overwrites the first, so one addition is lost. Each read and each write is
 * atomic: no thread sees half of one. That does not help.
 *
 * Your task, in add_up() and above it:
 *   1. safe: the sum is right, and value(i) is called exactly once for each i.
 *      This holds for any number of threads and for any count: also for fewer
 *      values than threads, and for no values.
 *   2. fast: all threads call value() at the same time, and an addition costs
 *      about the same as with one thread.
 *
 * Grade it: make grade EX=02_count_right (more hints: HINT=2, HINT=3)
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/timing.h"
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
        uint64_t before = atomic_load(&total);
        atomic_store(&total, before + part->value(i));
    }
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part *part = allocate(threads, sizeof *part);
    atomic_store(&total, 0);
    for (unsigned i = 0; i < threads; i++) {
        part[i].from = count / threads * i;
        part[i].to = count / threads * (i + 1);
        part[i].value = value;
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %u", i + 1);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(part[i].thread, NULL);
    free(part);
    return atomic_load(&total);
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
    int64_t begin_ns = wall_ns();
    uint64_t right = add_up(1, count, scramble);
    int64_t one_ns = wall_ns();
    uint64_t sum = add_up((unsigned)options.tasks, count, scramble);
    int64_t end_ns = wall_ns();
    printf("one thread:  %" PRIu64 "  %.1f ns per value\n", right,
           (double)(one_ns - begin_ns) / (double)count);
    printf("%2" PRIu64 " threads:  %" PRIu64 "  %.1f ns per value  %s\n",
           options.tasks, sum, (double)(end_ns - one_ns) / (double)count,
           sum == right ? "right" : "wrong");
    return sum == right ? 0 : STATUS_FAILED;
}
