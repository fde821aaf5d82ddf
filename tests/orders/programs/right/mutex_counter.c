/* SPDX-License-Identifier: MIT
 *
 * A mutex around a counter.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void take(void)
{
    pthread_mutex_lock(&mutex);
}

static void drop(void)
{
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
