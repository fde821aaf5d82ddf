/* SPDX-License-Identifier: MIT
 *
 * Known to be good: what the graders try on themselves before they try it on
 * anybody's file. add_right() adds under a mutex, add_wrong() without one.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "common/base/fail.h"

void add_right(void);
void add_wrong(void);
int sum_of_both(void);

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_int asked;
static int sum;

void add_right(void)
{
    if (pthread_mutex_lock(&mutex) != 0)
        fail("cannot lock a mutex");
    sum++;
    pthread_mutex_unlock(&mutex);
}

void add_wrong(void)
{
    sum++;
}

int sum_of_both(void)
{
    pthread_mutex_lock(&mutex);
    int both = sum;
    pthread_mutex_unlock(&mutex);
    return atomic_fetch_add(&asked, 1) == 0 ? both : -1;
}
