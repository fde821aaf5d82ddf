/* SPDX-License-Identifier: MIT
 *
 * A POSIX reader-writer lock.
 */
#include <assert.h>
#include <pthread.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int a, b;

static void *read_both(void *with)
{
    pthread_rwlock_rdlock(&lock);
    assert(a == b);
    pthread_rwlock_unlock(&lock);
    return with;
}

int main(void)
{
    pthread_t reader[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&reader[i], NULL, read_both, NULL);
    pthread_rwlock_wrlock(&lock);
    a = 1;
    b = 1;
    pthread_rwlock_unlock(&lock);
    for (int i = 0; i < 2; i++)
        pthread_join(reader[i], NULL);
    return 0;
}
