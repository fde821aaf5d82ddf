/* SPDX-License-Identifier: MIT
 *
 * References are counted; the last thread frees.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shared {
    atomic_int references;
    int used;
};

static void *use(void *with)
{
    struct shared *shared = with;
    int used = shared->used;
    if (atomic_fetch_sub_explicit(&shared->references, 1,
                                  memory_order_acq_rel) == 1)
        free(shared);
    return (void *)(long)used;
}

int main(void)
{
    struct shared *shared = malloc(sizeof *shared);
    pthread_t thread[2];
    atomic_init(&shared->references, 2);
    shared->used = 1;
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, use, shared);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
