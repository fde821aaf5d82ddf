/* SPDX-License-Identifier: MIT
 *
 * A POSIX spin lock.
 */
#include <assert.h>
#include <pthread.h>

static pthread_spinlock_t spin; /* 0: free */

static void take(void)
{
    pthread_spin_lock(&spin);
}

static void drop(void)
{
    pthread_spin_unlock(&spin);
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
