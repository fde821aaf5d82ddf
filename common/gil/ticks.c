/* SPDX-License-Identifier: MIT
 *
 * Python up to 3.1, and 2.x. One counter serves all threads: at every 100th
 * checkpoint the holder drops the lock and takes it again, whether or not
 * another thread waits. The lock is a flag with a mutex and a condition (2.7's
 * thread_pthread.h). The waiter is signalled. But on a second processor it
 * needs longer to wake up than the holder needs to take the lock back, so both
 * fight for it.
 */
#include "common/gil/gil.h"

static void ticks_take(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    while (gil->locked)
        pthread_cond_wait(&gil->released, &gil->mutex);
    gil->locked = true;
    gil_taken(gil, me);
    pthread_mutex_unlock(&gil->mutex);
}

static void ticks_drop(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    gil_dropping(gil, me);
    gil->locked = false;
    pthread_mutex_unlock(&gil->mutex);
    pthread_cond_signal(&gil->released);
}

static void ticks_checkpoint(struct gil *gil, struct gil_thread *me)
{
    if (++gil->passed < gil->config.every)
        return;
    gil->passed = 0;
    ticks_drop(gil, me);
    ticks_take(gil, me);
}

const struct gil_policy gil_ticks = {
    .name = "ticks",
    .excludes = true,
    .breaks_always = true,
    .every = 100,
    .take = ticks_take,
    .drop = ticks_drop,
    .checkpoint = ticks_checkpoint,
};
