/* SPDX-License-Identifier: MIT
 *
 * Wrong: never more than eight threads.
 * Loses: all threads ask for their values at the same time
 */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

struct part {
    pthread_t t;
    uint64_t from, step, count, sum;
    uint64_t (*value)(uint64_t);
};

static void *run(void *a)
{
    struct part *q = a;
    uint64_t s = 0;
    for (uint64_t i = q->from; i < q->count; i += q->step)
        s += q->value(i);
    q->sum = s;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct part p[8];
    uint64_t sum = 0;
    if (threads > 8)
        threads = 8;
    for (unsigned i = 0; i < threads; i++) {
        p[i] = (struct part){
            .from = i, .step = threads, .count = count, .value = value};
        if (pthread_create(&p[i].t, NULL, run, &p[i]))
            fail("no thread");
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(p[i].t, NULL);
        sum += p[i].sum;
    }
    return sum;
}
