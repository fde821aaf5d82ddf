/* SPDX-License-Identifier: MIT
 *
 * Wrong: no more threads than values. For no values it divides by 0 threads,
 * in a check that the compiler may leave out.
 * Loses: the sum is right when the values do not divide evenly
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

struct part {
    pthread_t t;
    uint64_t from, to, sum;
    uint64_t (*value)(uint64_t);
};

static void *run(void *a)
{
    struct part *p = a;
    uint64_t s = 0;
    for (uint64_t i = p->from; i < p->to; i++)
        s += p->value(i);
    p->sum = s;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    if (threads > count)
        threads = (unsigned)count;
    struct part *p = allocate(threads, sizeof *p);
    uint64_t at = 0, sum = 0;
    for (unsigned i = 0; i < threads; i++) {
        p[i].from = at;
        at += count / threads + (i < count % threads);
        p[i].to = at;
        p[i].value = value;
        if (pthread_create(&p[i].t, NULL, run, &p[i]))
            fail("no thread");
    }
    if (at != count / threads * threads + count % threads)
        fail("lost values");
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(p[i].t, NULL);
        sum += p[i].sum;
    }
    free(p);
    return sum;
}
