/* SPDX-License-Identifier: MIT
 *
 * A bounded buffer with one condition variable: all are woken.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int full, value, sum;

static void *produce(void *with)
{
    pthread_mutex_lock(&mutex);
    while (full)
        pthread_cond_wait(&changed, &mutex);
    value = 1;
    full = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return with;
}

int main(void)
{
    pthread_t producer[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&producer[i], NULL, produce, NULL);
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&mutex);
        while (!full)
            pthread_cond_wait(&changed, &mutex);
        sum += value;
        full = 0;
        pthread_cond_broadcast(&changed);
        pthread_mutex_unlock(&mutex);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(producer[i], NULL);
    assert(sum == 2);
    return 0;
}
