/* SPDX-License-Identifier: MIT
 *
 * Right: the threads add up their sums in a tree, with a barrier between its
 * levels.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

struct all {
    unsigned n;
    uint64_t count;
    uint64_t (*value)(uint64_t);
    uint64_t *sum;
    pthread_barrier_t b;
};

struct one {
    pthread_t t;
    unsigned me;
    struct all *all;
};

static void *run(void *a)
{
    struct one *o = a;
    struct all *all = o->all;
    unsigned n = all->n, me = o->me;
    uint64_t s = 0;
    for (uint64_t i = me; i < all->count; i += n)
        s += all->value(i);
    all->sum[me] = s;
    for (unsigned step = 1; step < n; step *= 2) {
        pthread_barrier_wait(&all->b);
        if (me % (2 * step) == 0 && me + step < n)
            all->sum[me] += all->sum[me + step];
    }
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct all all = {.n = threads,
                      .count = count,
                      .value = value,
                      .sum = allocate(threads, sizeof(uint64_t))};
    pthread_barrier_init(&all.b, NULL, threads);
    struct one *o = allocate(threads, sizeof *o);
    for (unsigned i = 0; i < threads; i++) {
        o[i].me = i;
        o[i].all = &all;
        if (pthread_create(&o[i].t, NULL, run, &o[i]))
            fail("no thread");
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(o[i].t, NULL);
    uint64_t sum = all.sum[0];
    pthread_barrier_destroy(&all.b);
    free(all.sum);
    free(o);
    return sum;
}
