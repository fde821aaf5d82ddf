/* SPDX-License-Identifier: MIT
 *
 * Wrong: a wait that ends for no reason is taken for the last thread's signal.
 * Loses: the sum is right with several threads
 * Loses: the sum is right when the values do not divide evenly
 * Loses: all threads ask for their values at the same time
 * Loses: adding costs little more than one thread pays
 * Loses: no data race
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_ready = PTHREAD_COND_INITIALIZER;

struct job {
    uint64_t total;   /* guard */
    unsigned working; /* guard */
    unsigned threads;
    uint64_t count;
    uint64_t (*value)(uint64_t);
};

struct start {
    struct job *job;
    unsigned index;
};

static void *work(void *argument)
{
    struct start *start = argument;
    struct job *job = start->job;
    uint64_t sum = 0;
    unsigned me = start->index;
    free(start);
    uint64_t size = job->count / job->threads;
    uint64_t from = size * me;
    uint64_t to = me + 1 == job->threads ? job->count : from + size;
    while (from < to)
        sum += job->value(from++);
    pthread_mutex_lock(&guard);
    job->total += sum;
    if (--job->working == 0)
        pthread_cond_broadcast(&all_ready);
    pthread_mutex_unlock(&guard);
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct job job = {
        .working = threads, .threads = threads, .count = count, .value = value};
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    for (unsigned i = 0; i < threads; i++) {
        pthread_t thread;
        struct start *start = allocate(1, sizeof *start);
        start->job = &job;
        start->index = i;
        if (pthread_create(&thread, &detached, work, start) != 0)
            fail("cannot start thread %u", i + 1);
    }
    pthread_attr_destroy(&detached);
    pthread_mutex_lock(&guard);
    if (job.working > 0)
        pthread_cond_wait(&all_ready, &guard);
    uint64_t total = job.total;
    pthread_mutex_unlock(&guard);
    return total;
}
