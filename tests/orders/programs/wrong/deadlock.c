/* SPDX-License-Identifier: MIT
 *
 * Two locks, taken in two orders.
 */
#include <pthread.h>

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;

static void *upwards(void *with)
{
    pthread_mutex_lock(&first);
    pthread_mutex_lock(&second);
    pthread_mutex_unlock(&second);
    pthread_mutex_unlock(&first);
    return with;
}

static void *downwards(void *with)
{
    pthread_mutex_lock(&second);
    pthread_mutex_lock(&first);
    pthread_mutex_unlock(&first);
    pthread_mutex_unlock(&second);
    return with;
}

int main(void)
{
    pthread_t thread[2];
    pthread_create(&thread[0], NULL, upwards, NULL);
    pthread_create(&thread[1], NULL, downwards, NULL);
    pthread_join(thread[0], NULL);
    pthread_join(thread[1], NULL);
    return 0;
}
