/* SPDX-License-Identifier: MIT
 *
 * The obvious try: one mutex, unlocked and locked again every so many
 * checkpoints. It is not Python's lock and does not reproduce it. A mutex
 * promises exclusion, not that threads alternate: the thread that unlocks it is
 * still running and locks it again before the waiter has woken up.
 */
#include "common/gil/gil.h"

static void mutex_take(struct gil *gil, struct gil_thread *me)
{
    pthread_mutex_lock(&gil->mutex);
    gil_taken(gil, me);
}

static void mutex_drop(struct gil *gil, struct gil_thread *me)
{
    gil_dropping(gil, me);
    pthread_mutex_unlock(&gil->mutex);
}

static void mutex_checkpoint(struct gil *gil, struct gil_thread *me)
{
    if (++gil->passed < gil->config.every)
        return;
    gil->passed = 0;
    mutex_drop(gil, me);
    mutex_take(gil, me);
}

const struct gil_policy gil_mutex = {
    .name = "mutex",
    .excludes = true,
    .breaks_always = true,
    .every = 1,
    .take = mutex_take,
    .drop = mutex_drop,
    .checkpoint = mutex_checkpoint,
};
