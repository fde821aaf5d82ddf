/* SPDX-License-Identifier: MIT
 *
 * The last one frees, but the count is not one step.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct shared {
    atomic_int references;
    int value;
};

static void *use(void *with)
{
    struct shared *shared = with;
    shared->references--;
    if (shared->references == 0)
        free(shared);
    return NULL;
}

int main(void)
{
    struct shared *shared = calloc(1, sizeof *shared);
    pthread_t thread[2];
    shared->references = 2;
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, use, shared);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    return 0;
}
