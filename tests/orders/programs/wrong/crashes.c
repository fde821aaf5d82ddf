/* SPDX-License-Identifier: MIT
 *
 * A pointer is used before it is set.
 */
#include <pthread.h>
#include <stdatomic.h>

static _Atomic(int *) pointer;
static int value;

static void *set(void *with)
{
    pointer = &value;
    return with;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, set, NULL);
    int *at = pointer;
    int seen = *at;
    pthread_join(thread, NULL);
    return seen;
}
