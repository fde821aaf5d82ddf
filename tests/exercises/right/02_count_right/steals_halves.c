/* SPDX-License-Identifier: MIT
 *
 * Right: a thread that has nothing left takes half of what another still has.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "common/base/fail.h"

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t));

struct deque {
    _Alignas(64) pthread_mutex_t m;
    uint64_t from, to;
};

struct all {
    unsigned n;
    struct deque *d;
    uint64_t (*value)(uint64_t);
};

struct one {
    pthread_t t;
    unsigned me;
    struct all *all;
    uint64_t sum;
};

static bool grab(struct deque *d, uint64_t *from, uint64_t *to)
{
    pthread_mutex_lock(&d->m);
    uint64_t n = d->to - d->from;
    if (n > 64)
        n = 64;
    *from = d->from;
    *to = d->from += n;
    pthread_mutex_unlock(&d->m);
    return n > 0;
}

static bool steal(struct all *all, unsigned me)
{
    for (unsigned k = 1; k < all->n; k++) {
        struct deque *v = &all->d[(me + k) % all->n];
        pthread_mutex_lock(&v->m);
        uint64_t half = (v->to - v->from + 1) / 2, to = v->to;
        v->to -= half;
        pthread_mutex_unlock(&v->m);
        if (half) {
            struct deque *d = &all->d[me];
            pthread_mutex_lock(&d->m);
            d->from = to - half;
            d->to = to;
            pthread_mutex_unlock(&d->m);
            return true;
        }
    }
    return false;
}

static void *run(void *a)
{
    struct one *o = a;
    uint64_t from, to, s = 0;
    do
        while (grab(&o->all->d[o->me], &from, &to))
            while (from < to)
                s += o->all->value(from++);
    while (steal(o->all, o->me));
    o->sum = s;
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct all all = {threads, allocate_aligned(threads, sizeof(struct deque)),
                      value};
    struct one *o = allocate(threads, sizeof *o);
    for (unsigned i = 0; i < threads; i++) {
        pthread_mutex_init(&all.d[i].m, NULL);
        all.d[i].from = count / threads * i;
        all.d[i].to = i + 1 == threads ? count : count / threads * (i + 1);
    }
    uint64_t sum = 0;
    for (unsigned i = 0; i < threads; i++) {
        o[i].me = i;
        o[i].all = &all;
        if (pthread_create(&o[i].t, NULL, run, &o[i]))
            fail("no thread");
    }
    for (unsigned i = 0; i < threads; i++) {
        pthread_join(o[i].t, NULL);
        sum += o[i].sum;
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_mutex_destroy(&all.d[i].m);
    free(all.d);
    free(o);
    return sum;
}
