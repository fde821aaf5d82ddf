/* SPDX-License-Identifier: MIT
 *
 * An atomic_flag, and a sleep between two tries.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

static atomic_flag taken = ATOMIC_FLAG_INIT;

static void take(void)
{
    while (atomic_flag_test_and_set(&taken))
        usleep(100);
}

static void drop(void)
{
    atomic_flag_clear(&taken);
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
