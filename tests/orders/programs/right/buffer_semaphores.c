/* SPDX-License-Identifier: MIT
 *
 * A bounded buffer with two semaphores and a mutex.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t room, items;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int buffer[2], in, out, sum;

static void *produce(void *with)
{
    for (int i = 1; i <= 3; i++) {
        sem_wait(&room);
        pthread_mutex_lock(&mutex);
        buffer[in] = i;
        in = (in + 1) % 2;
        pthread_mutex_unlock(&mutex);
        sem_post(&items);
    }
    return with;
}

int main(void)
{
    pthread_t producer;
    sem_init(&room, 0, 2);
    sem_init(&items, 0, 0);
    pthread_create(&producer, NULL, produce, NULL);
    for (int i = 0; i < 3; i++) {
        sem_wait(&items);
        pthread_mutex_lock(&mutex);
        sum += buffer[out];
        out = (out + 1) % 2;
        pthread_mutex_unlock(&mutex);
        sem_post(&room);
    }
    pthread_join(producer, NULL);
    assert(sum == 6);
    return 0;
}
