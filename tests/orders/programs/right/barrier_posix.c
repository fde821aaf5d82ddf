/* SPDX-License-Identifier: MIT
 *
 * A POSIX barrier between two phases.
 */
#include <assert.h>
#include <pthread.h>

static pthread_barrier_t barrier;
static int part[2];

static void *work(void *with)
{
    int me = *(const int *)with;
    part[me] = me + 1;
    pthread_barrier_wait(&barrier);
    assert(part[0] + part[1] == 3);
    return NULL;
}

int main(void)
{
    static const int number[2] = {0, 1};
    pthread_t thread[2];
    pthread_barrier_init(&barrier, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, (void *)&number[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    pthread_barrier_destroy(&barrier);
    return 0;
}
