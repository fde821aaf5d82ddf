/* SPDX-License-Identifier: MIT
 *
 * Test and set: exchange until it was free.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int taken;

static void take(void)
{
    while (atomic_exchange_explicit(&taken, 1, memory_order_acquire))
        ;
}

static void drop(void)
{
    atomic_store_explicit(&taken, 0, memory_order_release);
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
