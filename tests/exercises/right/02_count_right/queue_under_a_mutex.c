/* SPDX-License-Identifier: MIT
 *
 * Right: pieces of 64 from a queue that a mutex guards; the sums are added
 * atomically.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct queue {
    pthread_mutex_t mutex;
    uint64_t next, count;
    uint64_t (*value)(uint64_t);
    _Atomic uint64_t total;
};

static void *add_pieces(void *argument)
{
    struct queue *queue = argument;
    for (;;) {
        pthread_mutex_lock(&queue->mutex);
        uint64_t from = queue->next;
        uint64_t left = queue->count - from;
        uint64_t n = left < 64 ? left : 64;
        queue->next += n;
        pthread_mutex_unlock(&queue->mutex);
        if (n == 0)
            return NULL;
        uint64_t sum = 0;
        while (n-- > 0)
            sum += queue->value(from++);
        queue->total += sum;
    }
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    struct queue queue = {
        .mutex = PTHREAD_MUTEX_INITIALIZER, .count = count, .value = value};
    pthread_t thread[threads];
    for (unsigned i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, add_pieces, &queue) != 0)
            fail("cannot start thread %u", i + 1);
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    return queue.total;
}
