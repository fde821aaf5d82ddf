/* SPDX-License-Identifier: MIT
 *
 * A barrier of one's own, which is used twice.
 */
#include <assert.h>
#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_here = PTHREAD_COND_INITIALIZER;
static int arrived, round_number;
static int part[2];

static void meet(void)
{
    pthread_mutex_lock(&mutex);
    int mine = round_number;
    if (++arrived == 2) {
        arrived = 0;
        round_number++;
        pthread_cond_broadcast(&all_here);
    }
    while (mine == round_number)
        pthread_cond_wait(&all_here, &mutex);
    pthread_mutex_unlock(&mutex);
}

static void *work(void *with)
{
    int me = *(const int *)with;
    part[me] = 1;
    meet();
    assert(part[1 - me] == 1);
    meet();
    part[me] = 2;
    return NULL;
}

int main(void)
{
    static const int number[2] = {0, 1};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, (void *)&number[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
