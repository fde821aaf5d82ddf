/* SPDX-License-Identifier: MIT
 *
 * A semaphore as a lock.
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>

static sem_t semaphore;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void initialise(void)
{
    sem_init(&semaphore, 0, 1);
}

static void take(void)
{
    pthread_once(&once, initialise);
    sem_wait(&semaphore);
}

static void drop(void)
{
    sem_post(&semaphore);
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
