/* SPDX-License-Identifier: MIT
 *
 * One thread looks from time to time whether the other has ended.
 */
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool done;

static bool is_done(void)
{
    pthread_mutex_lock(&mutex);
    bool is = done;
    pthread_mutex_unlock(&mutex);
    return is;
}

static void *work(void *with)
{
    sleep(1);
    pthread_mutex_lock(&mutex);
    done = true;
    pthread_mutex_unlock(&mutex);
    return with;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    while (!is_done())
        usleep(1000);
    pthread_join(thread, NULL);
    return 0;
}
