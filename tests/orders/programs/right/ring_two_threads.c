/* SPDX-License-Identifier: MIT
 *
 * A ring for one writer and one reader: release and acquire.
 */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int ring[2];
static atomic_uint written, read_so_far;

static void *write_three(void *with)
{
    for (unsigned i = 0; i < 3; i++) {
        while (i - atomic_load_explicit(&read_so_far, memory_order_acquire) ==
               2)
            sched_yield();
        ring[i % 2] = (int)i + 1;
        atomic_store_explicit(&written, i + 1, memory_order_release);
    }
    return with;
}

int main(void)
{
    pthread_t writer;
    int sum = 0;
    pthread_create(&writer, NULL, write_three, NULL);
    for (unsigned i = 0; i < 3; i++) {
        while (atomic_load_explicit(&written, memory_order_acquire) == i)
            sched_yield();
        sum += ring[i % 2];
        atomic_store_explicit(&read_so_far, i + 1, memory_order_release);
    }
    pthread_join(writer, NULL);
    assert(sum == 6);
    return 0;
}
