/* SPDX-License-Identifier: MIT
 *
 * Wrong: which thread took the last piece is noted beside the mutex, which
 * each thread has once between two notes. It asks the system for the thread's
 * number, so that it cannot be walked.
 * Loses: no data race
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/lab/lab.h"

struct queue {
    pthread_mutex_t mutex;
    uint64_t next, count;
    uint64_t (*value)(uint64_t);
    _Atomic uint64_t total;
    long taken_by;
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
        queue->taken_by = syscall(SYS_gettid);
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
