/* SPDX-License-Identifier: MIT
 *
 * A pool of threads that take work until there is none.
 */
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static int waiting_jobs, done_jobs;
static bool closed;

static void *work(void *with)
{
    pthread_mutex_lock(&mutex);
    for (;;) {
        while (waiting_jobs == 0 && !closed)
            pthread_cond_wait(&more, &mutex);
        if (waiting_jobs == 0)
            break;
        waiting_jobs--;
        pthread_mutex_unlock(&mutex);
        pthread_mutex_lock(&mutex);
        done_jobs++;
    }
    pthread_mutex_unlock(&mutex);
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, NULL);
    pthread_mutex_lock(&mutex);
    waiting_jobs = 2;
    closed = true;
    pthread_cond_broadcast(&more);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    assert(done_jobs == 2);
    return 0;
}
