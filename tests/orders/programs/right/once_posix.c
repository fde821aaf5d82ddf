/* SPDX-License-Identifier: MIT
 *
 * What is needed once is made once.
 */
#include <assert.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int made, value;

static void make(void)
{
    made++;
    value = 42;
}

static void *work(void *with)
{
    pthread_once(&once, make);
    assert(value == 42);
    return with;
}

int main(void)
{
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    assert(made == 1);
    return 0;
}
