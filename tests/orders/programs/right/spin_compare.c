/* SPDX-License-Identifier: MIT
 *
 * Test, then test and set with compare_exchange.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_int taken;

static void take(void)
{
    int is_free = 0;
    while (!atomic_compare_exchange_weak_explicit(
        &taken, &is_free, 1, memory_order_acquire, memory_order_relaxed)) {
        while (atomic_load_explicit(&taken, memory_order_relaxed))
            ;
        is_free = 0;
    }
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
