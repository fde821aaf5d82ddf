/* SPDX-License-Identifier: MIT
 *
 * Each philosopher takes the lower fork first.
 */
#include <pthread.h>

static pthread_mutex_t fork_on_table[3] = {PTHREAD_MUTEX_INITIALIZER,
                                           PTHREAD_MUTEX_INITIALIZER,
                                           PTHREAD_MUTEX_INITIALIZER};

static void *eat(void *with)
{
    int left = *(const int *)with, right = (left + 1) % 3;
    int low = left < right ? left : right, high = left + right - low;
    pthread_mutex_lock(&fork_on_table[low]);
    pthread_mutex_lock(&fork_on_table[high]);
    pthread_mutex_unlock(&fork_on_table[high]);
    pthread_mutex_unlock(&fork_on_table[low]);
    return NULL;
}

int main(void)
{
    static const int number[3] = {0, 1, 2};
    pthread_t thread[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&thread[i], NULL, eat, (void *)&number[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
