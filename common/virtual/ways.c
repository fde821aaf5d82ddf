/* SPDX-License-Identifier: MIT
 *
 * What can happen next in a walk.
 */
#include "common/virtual/walk.h"

/* It has been woken, or may be: it goes on when its mutex is free, and locks it
 * in the same step. Until then it might as well still wait. */
static bool waits(const struct thread *thread)
{
    return thread->point.kind == POINT_WAKE;
}

bool walk_can_go(const struct thread *thread)
{
    if (thread->ended)
        return false;
    if (waits(thread))
        return thread->woken == WOKEN_BY_SIGNAL &&
               virtual_mutex_free(thread->point.second);
    return thread->point.kind == POINT_SLEEP || virtual_can_go(thread);
}

/* Its wait could end by the time limit, now. */
static bool can_time_out(const struct thread *thread)
{
    if (thread->ended || thread->point.until_ns == VIRTUAL_NEVER ||
        thread->point.kind == POINT_SLEEP)
        return false;
    return waits(thread) ? virtual_mutex_free(thread->point.second)
                         : thread->point.ready && !virtual_can_go(thread);
}

/* Its wait could end for no reason. */
static bool can_wake(const struct thread *thread)
{
    return !thread->ended && waits(thread) && thread->woken == WOKEN_NOT &&
           virtual_mutex_free(thread->point.second);
}

bool walk_spins(struct walk *walk, const struct thread *thread)
{
    const struct walker *walker = &walk->of[thread->number - 1];
    if (walker->parked)
        return walker->parked == walk->changes;
    return looks_in_vain(walk->looks, thread) >= LOOKS &&
           looks_nothing_new(walk->looks, thread);
}

static bool yields(const struct thread *thread)
{
    return thread->point.kind == POINT_YIELD ||
           thread->point.kind == POINT_SLEEP;
}

static size_t go_on(struct walk *walk, struct way *ways, bool also_parked)
{
    struct threads *threads = walk->threads;
    struct thread *last = walk->last;
    size_t count = 0;
    bool goes_on = last && walk_can_go(last) && !walk_spins(walk, last);
    bool preempts = goes_on && !yields(last);
    if (preempts)
        ways[count++] = (struct way){.thread = last};
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = threads->thread[i];
        if (thread != last && walk_can_go(thread) &&
            (also_parked || !walk_spins(walk, thread)))
            ways[count++] =
                (struct way){.thread = thread, .preempts = preempts};
    }
    if (last && !preempts && walk_can_go(last) && (goes_on || also_parked))
        ways[count++] = (struct way){.thread = last};
    return count;
}

static size_t end_waits(struct walk *walk, struct way *ways, bool preempts,
                        enum woken woken,
                        bool (*can)(const struct thread *thread))
{
    struct threads *threads = walk->threads;
    size_t count = 0;
    for (size_t i = 0; i < threads->count; i++)
        if (can(threads->thread[i]))
            ways[count++] = (struct way){.thread = threads->thread[i],
                                         .woken = woken,
                                         .preempts = preempts};
    return count;
}

/* Nobody can go on. The time is up for the thread that has waited longest. */
static size_t rescue(struct walk *walk, struct way *way)
{
    struct threads *threads = walk->threads;
    struct thread *longest = NULL;
    for (size_t i = 0; i < threads->count; i++)
        if (can_time_out(threads->thread[i]) &&
            (!longest || threads->thread[i]->arrived < longest->arrived))
            longest = threads->thread[i];
    if (!longest || walk->rescues >= RESCUES || walk->bounds->no_rescue)
        return 0;
    *way = (struct way){
        .thread = longest, .woken = WOKEN_BY_TIME, .rescues = true};
    return 1;
}

/* Leave out what costs a preemption. */
static size_t without_preemptions(struct way *ways, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!ways[i].preempts)
            ways[kept++] = ways[i];
    return kept;
}

/* Waits that may end by themselves, as far as the bounds allow it. Where nobody
 * else can go on, only time may help. */
static size_t end_some_waits(struct walk *walk, struct way *ways, bool all,
                             bool helpless, bool preempts)
{
    const struct orders_bounds *bounds = walk->bounds;
    bool time = !helpless || !bounds->no_rescue;
    size_t count = 0;
    if (all || (time && walk->time_outs < bounds->time_outs))
        count = end_waits(walk, ways, preempts, WOKEN_BY_TIME, can_time_out);
    if (all || (!helpless && walk->spurious < bounds->spurious))
        count +=
            end_waits(walk, ways + count, preempts, WOKEN_BY_NOTHING, can_wake);
    return count;
}

size_t walk_ways(struct walk *walk, struct way *ways)
{
    const struct orders_bounds *bounds = walk->bounds;
    bool all = walk->mode == WALK_ONE && walk->steps < walk->order_steps;
    size_t count = go_on(walk, ways, all);
    bool preempts = count > 0 && ways[0].thread == walk->last;
    count += end_some_waits(walk, ways + count, all, count == 0, preempts);
    if (count == 0)
        count = rescue(walk, ways);
    if (walk->mode == WALK_ALL && walk->preemptions >= bounds->preemptions)
        count = without_preemptions(ways, count);
    if (count > 0)
        return count;
    count = go_on(walk, ways, true);
    for (size_t i = 0; i < count; i++)
        ways[i].rescues = true;
    return count;
}
