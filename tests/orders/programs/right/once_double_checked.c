/* SPDX-License-Identifier: MIT
 *
 * The same by hand: looked at twice, with acquire and release.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(int *) made;

static int *get(void)
{
    int *it = atomic_load_explicit(&made, memory_order_acquire);
    if (it)
        return it;
    pthread_mutex_lock(&mutex);
    it = atomic_load_explicit(&made, memory_order_relaxed);
    if (!it) {
        it = malloc(sizeof *it);
        *it = 42;
        atomic_store_explicit(&made, it, memory_order_release);
    }
    pthread_mutex_unlock(&mutex);
    return it;
}

static void *work(void *with)
{
    assert(*get() == 42);
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    free(made);
    return 0;
}
