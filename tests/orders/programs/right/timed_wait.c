/* SPDX-License-Identifier: MIT
 *
 * A wait with a time limit, which may be up before the signal.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static bool ready;

static void *set(void *with)
{
    pthread_mutex_lock(&mutex);
    ready = true;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    return with;
}

int main(void)
{
    pthread_t thread;
    struct timespec until;
    int error = 0;
    pthread_create(&thread, NULL, set, NULL);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 5;
    pthread_mutex_lock(&mutex);
    while (!ready && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&cond, &mutex, &until);
    pthread_mutex_unlock(&mutex);
    pthread_join(thread, NULL);
    return 0;
}
