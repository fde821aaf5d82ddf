/* SPDX-License-Identifier: MIT
 *
 * A thread uses a variable of a function that may have returned.
 */
#include <pthread.h>

static pthread_t thread[2];

static void *use(void *with)
{
    return (void *)(long)*(int *)with;
}

int main(void)
{
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, use, &i);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
