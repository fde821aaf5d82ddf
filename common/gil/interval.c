/* SPDX-License-Identifier: MIT
 *
 * Python since 3.2. A waiter waits one switch interval (5 ms). If the lock has
 * not changed hands by then, the waiter asks the holder to drop it. The holder
 * sees the request at its next checkpoint and drops the lock. It may not take
 * the lock back before another thread has had it: that is forced switching.
 *
 * So 5 ms is how long a waiter waits before it asks. It is not a time slice,
 * and nothing here says which of several waiters gets the lock.
 *
 * CPython keeps a second mutex for forced switching and waits there once. Here
 * one mutex guards all, and the wait is a loop, because a wait on a condition
 * may end for no reason. The loop in drop() always ends: a request is set only
 * while a thread waits in take(), and that thread clears it when it takes the
 * lock.
 */
#include "common/gil/gil.h"

#include "common/base/portable.h"

static bool drop_requested(struct gil *gil)
{
    return atomic_load_explicit(&gil->eval_breaker, memory_order_relaxed);
}

static void request_drop(struct gil *gil, bool request)
{
    atomic_store_explicit(&gil->eval_breaker, request, memory_order_relaxed);
}

static void interval_take(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    while (gil->locked) {
        uint64_t handoffs = gil->handoffs;
        bool timed_out =
            cond_wait_us(&gil->released, &gil->mutex, gil->config.interval_us);
        if (timed_out && gil->locked && gil->handoffs == handoffs) {
            gil->requests += !drop_requested(gil);
            request_drop(gil, true);
        }
    }
    gil->locked = true;
    gil_taken(gil, me);
    pthread_cond_signal(&gil->switched);
    request_drop(gil, false);
    pthread_mutex_unlock(&gil->mutex);
}

static void interval_drop(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    gil_dropping(gil, me);
    gil->locked = false;
    pthread_cond_signal(&gil->released);
    if (drop_requested(gil))
        while (gil->last_holder == me)
            pthread_cond_wait(&gil->switched, &gil->mutex);
    pthread_mutex_unlock(&gil->mutex);
}

static void interval_checkpoint(struct gil *gil, struct gil_thread *me)
{
    interval_drop(gil, me);
    interval_take(gil, me);
}

const struct gil_policy gil_interval = {
    .name = "interval",
    .excludes = true,
    .asks = true,
    .take = interval_take,
    .drop = interval_drop,
    .checkpoint = interval_checkpoint,
};
