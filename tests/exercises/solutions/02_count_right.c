/* SPDX-License-Identifier: MIT
 *
 * Solution of exercise 02: a sum for each thread, shared only after its join.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/timing.h"
#include "common/lab/lab.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

/* ---- yours: from here ---- */

struct part {
    pthread_t thread;
    uint64_t from, to; /* not including `to` */
    uint64_t (*value)(uint64_t);
    uint64_t sum; /* the thread's own until the join */
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
    struct part *part = allocate(threads, sizeof *part);
    for (unsigned i = 0; i < threads; i++) {
        part[i].from = count * i / threads;
        part[i].to = count * (i + 1) / threads;
        part[i].value = value;
        if (pthread_create(&part[i].thread, NULL, add_part, &part[i]) != 0)
            fail("cannot start thread %u", i + 1);
    }
    uint64_t total = 0;
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(part[i].thread, NULL);
        total += part[i].sum;
    }
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
