/* SPDX-License-Identifier: MIT */
#include "common/gil/gil.h"

#include "common/base/portable.h"
#include "common/base/timing.h"

void gil_init(struct gil *gil, const struct gil_config *config)
{
    *gil = (struct gil){.config = *config};
    atomic_init(&gil->eval_breaker, config->policy->breaks_always);
    pthread_mutex_init(&gil->mutex, NULL);
    cond_init(&gil->released);
    cond_init(&gil->switched);
}

void gil_destroy(struct gil *gil)
{
    pthread_cond_destroy(&gil->switched);
    pthread_cond_destroy(&gil->released);
    pthread_mutex_destroy(&gil->mutex);
}

const struct gil_policy *const gil_policies[] = {
    &gil_none, &gil_mutex, &gil_ticks, &gil_interval, NULL,
};

/* What a thread does between take and drop: with no lock it just runs. */
static enum lane_state holding(const struct gil *gil)
{
    return gil->config.policy->excludes ? LANE_HOLDS : LANE_RUNS;
}

void gil_take(struct gil_thread *me)
{
    int64_t began_ns = lane_now_ns(me->lane);
    me->gil->config.policy->take(me->gil, me);
    me->since_ns = lane_now_ns(me->lane);
    lane_add(me->lane, LANE_WAITS, began_ns, me->since_ns);
}

void gil_drop(struct gil_thread *me)
{
    lane_add(me->lane, holding(me->gil), me->since_ns, lane_now_ns(me->lane));
    me->gil->config.policy->drop(me->gil, me);
}

void gil_begin_allow_threads(struct gil_thread *me)
{
    gil_drop(me);
    me->since_ns = lane_now_ns(me->lane);
}

void gil_end_allow_threads(struct gil_thread *me, enum lane_state spent)
{
    lane_add(me->lane, spent, me->since_ns, lane_now_ns(me->lane));
    gil_take(me);
}

/* At most checkpoints of `mutex` and `ticks` the thread drops the lock and gets
 * it straight back. A slice has ended only if another thread had the lock in
 * between. */
void gil_eval_breaker(struct gil_thread *me)
{
    me->lost = false;
    me->gil->config.policy->checkpoint(me->gil, me);
    if (!me->lost)
        return;
    int64_t now_ns = me->records ? wall_ns() : 0;
    lane_add(me->lane, LANE_HOLDS, me->since_ns, me->lost_ns);
    lane_add(me->lane, LANE_WAITS, me->lost_ns, now_ns);
    me->since_ns = now_ns;
}

void gil_taken(struct gil *gil, struct gil_thread *me)
{
    at_once_enter(&gil->holders);
    struct gil_thread *last = gil->last_holder;
    if (last == me)
        return;
    gil->last_holder = me;
    me->records = !lane_full(me->lane);
    if (!last)
        return;
    gil->handoffs++;
    last->lost = true;
    last->lost_ns = last->records ? wall_ns() : 0;
}

void gil_dropping(struct gil *gil, struct gil_thread *me)
{
    (void)me;
    at_once_leave(&gil->holders);
}
