/* SPDX-License-Identifier: MIT
 *
 * A flag that is stored with release and loaded with acquire.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static int data;
static atomic_int ready;

static void *read_it(void *with)
{
    while (!atomic_load_explicit(&ready, memory_order_acquire))
        ;
    assert(data == 42);
    return with;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, read_it, NULL);
    data = 42;
    atomic_store_explicit(&ready, 1, memory_order_release);
    pthread_join(thread, NULL);
    return 0;
}
