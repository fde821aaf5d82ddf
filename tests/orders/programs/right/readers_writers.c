/* SPDX-License-Identifier: MIT
 *
 * Readers and a writer, with a mutex and a condition variable.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int readers, writing;
static int a, b;

static void *read_both(void *with)
{
    pthread_mutex_lock(&mutex);
    while (writing)
        pthread_cond_wait(&changed, &mutex);
    readers++;
    pthread_mutex_unlock(&mutex);
    assert(a == b);
    pthread_mutex_lock(&mutex);
    if (--readers == 0)
        pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    return with;
}

int main(void)
{
    pthread_t reader[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&reader[i], NULL, read_both, NULL);
    pthread_mutex_lock(&mutex);
    while (writing || readers > 0)
        pthread_cond_wait(&changed, &mutex);
    writing = 1;
    pthread_mutex_unlock(&mutex);
    a = 1;
    b = 1;
    pthread_mutex_lock(&mutex);
    writing = 0;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 2; i++)
        pthread_join(reader[i], NULL);
    return 0;
}
