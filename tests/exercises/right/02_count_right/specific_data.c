/* SPDX-License-Identifier: MIT
 *
 * Right: sums of thread-specific data; its destructor adds them.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t total;

static void add_to_total(void *sum)
{
    pthread_mutex_lock(&mutex);
    total += *(uint64_t *)sum;
    pthread_mutex_unlock(&mutex);
    free(sum);
}

static void make_key(void)
{
    pthread_key_create(&key, add_to_total);
}

static void add(uint64_t value)
{
    uint64_t *sum = pthread_getspecific(key);
    if (!sum) {
        sum = allocate(1, sizeof *sum);
        pthread_setspecific(key, sum);
    }
    *sum += value;
}

struct part {
    pthread_t thread;
    uint64_t from, to;
    uint64_t (*value)(uint64_t);
};

static void *add_part(void *argument)
{
    struct part *part = argument;
    for (uint64_t i = part->from; i < part->to; i++)
        add(part->value(i));
    return NULL;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    pthread_once(&once, make_key);
    total = 0;
    struct part *part = allocate(threads, sizeof *part);
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
    return total;
}
