/* SPDX-License-Identifier: MIT
 *
 * C11's own threads, mutexes and conditions.
 */
#include <assert.h>
#include <stdbool.h>
#include <threads.h>

static mtx_t mutex;
static cnd_t cond;
static once_flag once = ONCE_FLAG_INIT;
static bool ready;
static int made;

static void make(void)
{
    made++;
}

static int wait_for_it(void *with)
{
    (void)with;
    call_once(&once, make);
    mtx_lock(&mutex);
    while (!ready)
        cnd_wait(&cond, &mutex);
    mtx_unlock(&mutex);
    return 7;
}

int main(void)
{
    thrd_t thread;
    int result;
    mtx_init(&mutex, mtx_plain);
    cnd_init(&cond);
    thrd_create(&thread, wait_for_it, NULL);
    call_once(&once, make);
    mtx_lock(&mutex);
    ready = true;
    cnd_signal(&cond);
    mtx_unlock(&mutex);
    thrd_join(thread, &result);
    assert(result == 7);
    assert(made == 1);
    return 0;
}
