/* SPDX-License-Identifier: MIT
 *
 * The store should be a release: the reader may see the flag before the data.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int data;
static atomic_int ready;

static void *read_it(void *with)
{
    while (!atomic_load_explicit(&ready, memory_order_acquire))
        sched_yield();
    assert(data == 42);
    return with;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, read_it, NULL);
    data = 42;
    atomic_store_explicit(&ready, 1, memory_order_relaxed);
    pthread_join(thread, NULL);
    return 0;
}
