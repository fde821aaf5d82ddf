/* SPDX-License-Identifier: MIT
 *
 * Peterson's algorithm, with sequentially consistent atomics.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int wants[2], last;
static int counter;

static void *work(void *with)
{
    int me = *(const int *)with;
    for (int i = 0; i < 2; i++) {
        wants[me] = 1;
        last = me;
        while (wants[1 - me] && last == me)
            ;
        counter++;
        wants[me] = 0;
    }
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
    assert(counter == 4);
    return 0;
}
