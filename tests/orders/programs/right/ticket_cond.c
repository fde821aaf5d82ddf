/* SPDX-License-Identifier: MIT
 *
 * A ticket lock with a condition variable.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t served = PTHREAD_COND_INITIALIZER;
static unsigned next, serving;

static void take(void)
{
    pthread_mutex_lock(&mutex);
    unsigned ticket = next++;
    while (ticket != serving)
        pthread_cond_wait(&served, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void drop(void)
{
    pthread_mutex_lock(&mutex);
    serving++;
    pthread_cond_broadcast(&served);
    pthread_mutex_unlock(&mutex);
}

static int counter;

static void *work(void *with)
{
    for (int i = 0; i < 2; i++) {
        take();
        counter++;
        drop();
    }
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    assert(counter == 4);
    return 0;
}
