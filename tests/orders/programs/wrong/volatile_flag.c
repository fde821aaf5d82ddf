/* SPDX-License-Identifier: MIT
 *
 * volatile is no atomic: nothing orders the data before the flag.
 */
#include <assert.h>
#include <pthread.h>

static int data;
static volatile int ready;

static void *read_it(void *with)
{
    while (!ready)
        ;
    assert(data == 42);
    return with;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, read_it, NULL);
    data = 42;
    ready = 1;
    pthread_join(thread, NULL);
    return 0;
}
