/* SPDX-License-Identifier: MIT
 *
 * main waits until the workers have counted down.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_done = PTHREAD_COND_INITIALIZER;
static int missing = 2, results[2];

static void *work(void *with)
{
    int me = *(const int *)with;
    results[me] = 21;
    pthread_mutex_lock(&mutex);
    if (--missing == 0)
        pthread_cond_signal(&all_done);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

int main(void)
{
    static const int number[2] = {0, 1};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++) {
        pthread_create(&thread[i], NULL, work, (void *)&number[i]);
        pthread_detach(thread[i]);
    }
    pthread_mutex_lock(&mutex);
    while (missing > 0)
        pthread_cond_wait(&all_done, &mutex);
    pthread_mutex_unlock(&mutex);
    assert(results[0] + results[1] == 42);
    return 0;
}
