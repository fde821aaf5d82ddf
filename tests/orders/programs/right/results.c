/* SPDX-License-Identifier: MIT
 *
 * Threads give their results to those that join them.
 */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static void *make(void *with)
{
    int *made = malloc(sizeof *made);
    *made = *(const int *)with * 2;
    pthread_exit(made);
}

int main(void)
{
    int number[2] = {1, 2}, sum = 0;
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, make, &number[i]);
    for (int i = 0; i < 2; i++) {
        void *result;
        pthread_join(thread[i], &result);
        sum += *(int *)result;
        free(result);
    }
    assert(sum == 6);
    return 0;
}
