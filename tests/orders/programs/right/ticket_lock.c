/* SPDX-License-Identifier: MIT
 *
 * A ticket lock of atomics; a thread that waits spins.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static atomic_uint next, serving;

static void take(void)
{
    unsigned ticket = atomic_fetch_add_explicit(&next, 1, memory_order_relaxed);
    while (atomic_load_explicit(&serving, memory_order_acquire) != ticket)
        sched_yield();
}

static void drop(void)
{
    unsigned mine = atomic_load_explicit(&serving, memory_order_relaxed);
    atomic_store_explicit(&serving, mine + 1, memory_order_release);
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
