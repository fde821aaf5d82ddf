/* SPDX-License-Identifier: MIT
 *
 * A sequence lock of atomics: a reader tries again.
 */
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

static atomic_uint sequence;
static atomic_int a, b;

static void *write_both(void *with)
{
    sequence++;
    a = 1;
    b = 1;
    sequence++;
    return with;
}

int main(void)
{
    pthread_t writer;
    unsigned before;
    int seen_a, seen_b;
    pthread_create(&writer, NULL, write_both, NULL);
    do {
        before = sequence;
        seen_a = a;
        seen_b = b;
    } while (before % 2 || before != sequence);
    assert(seen_a == seen_b);
    pthread_join(writer, NULL);
    return 0;
}
