/* SPDX-License-Identifier: MIT
 *
 * A mutex that its owner may lock again.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void)
{
    pthread_mutexattr_t recursive;
    pthread_mutexattr_init(&recursive);
    pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&mutex, &recursive);
    pthread_mutexattr_destroy(&recursive);
}

static void take(void)
{
    pthread_once(&once, initialise);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
}

static void drop(void)
{
    pthread_mutex_unlock(&mutex);
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
