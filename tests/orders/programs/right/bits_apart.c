/* SPDX-License-Identifier: MIT
 *
 * Two threads write neighbouring bytes: that is no race.
 */
#include <assert.h>
#include <pthread.h>

static char part[8];

static void *work(void *with)
{
    part[*(const int *)with] = 1;
    return NULL;
}

int main(void)
{
    static const int number[2] = {3, 4};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, (void *)&number[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    assert(part[3] + part[4] == 2);
    return 0;
}
