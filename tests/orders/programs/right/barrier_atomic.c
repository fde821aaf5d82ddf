/* SPDX-License-Identifier: MIT
 *
 * A barrier of atomics that turns its sense.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static atomic_int missing = 2, sense;
static int part[2];

static void meet(int mine)
{
    if (atomic_fetch_sub(&missing, 1) == 1) {
        missing = 2;
        sense = mine;
    } else {
        while (sense != mine)
            sched_yield();
    }
}

static void *work(void *with)
{
    int me = *(const int *)with;
    part[me] = 1;
    meet(1);
    assert(part[1 - me] == 1);
    meet(0);
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
