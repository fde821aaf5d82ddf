/* SPDX-License-Identifier: MIT
 *
 * A bounded buffer with two condition variables.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER;
static int buffer[1], count, sum;

static void put(int value)
{
    pthread_mutex_lock(&mutex);
    while (count == 1)
        pthread_cond_wait(&not_full, &mutex);
    buffer[count++] = value;
    pthread_cond_signal(&not_empty);
    pthread_mutex_unlock(&mutex);
}

static int get(void)
{
    pthread_mutex_lock(&mutex);
    while (count == 0)
        pthread_cond_wait(&not_empty, &mutex);
    int value = buffer[--count];
    pthread_cond_signal(&not_full);
    pthread_mutex_unlock(&mutex);
    return value;
}

static void *produce(void *with)
{
    for (int i = 1; i <= 3; i++)
        put(i);
    return with;
}

static void *consume(void *with)
{
    for (int i = 1; i <= 3; i++)
        sum += get();
    return with;
}

int main(void)
{
    pthread_t producer, consumer;
    pthread_create(&producer, NULL, produce, NULL);
    pthread_create(&consumer, NULL, consume, NULL);
    pthread_join(producer, NULL);
    pthread_join(consumer, NULL);
    assert(sum == 6);
    return 0;
}
