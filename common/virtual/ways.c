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

/* It spins, and has seen all that there is to see. */
static bool parked(struct walk *walk, const struct thread *thread)
{
    const struct walker *walker = &walk->of[thread->number - 1];
    if (walker->parked)
        return walker->parked == walk->changes;
    return history_looks(walk->history, thread) >= LOOKS &&
           history_nothing_new(walk->history, thread);
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
    bool goes_on = last && walk_can_go(last) && !parked(walk, last);
    bool preempts = goes_on && !yields(last);
    if (preempts)
        ways[count++] = (struct way){last, WOKEN_NOT, false};
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = threads->thread[i];
        if (thread != last && walk_can_go(thread) &&
            (also_parked || !parked(walk, thread)))
            ways[count++] = (struct way){thread, WOKEN_NOT, preempts};
    }
    if (last && !preempts && walk_can_go(last) && (goes_on || also_parked))
        ways[count++] = (struct way){last, WOKEN_NOT, false};
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
            ways[count++] = (struct way){threads->thread[i], woken, preempts};
    return count;
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

size_t walk_ways(struct walk *walk, struct way *ways)
{
    const struct orders_bounds *bounds = walk->bounds;
    bool free = walk->mode == WALK_ONE;
    size_t count = go_on(walk, ways, free);
    bool preempts = count > 0 && ways[0].thread == walk->last;
    bool helpless = count == 0;
    if (free || walk->time_outs < bounds->time_outs ||
        (helpless && bounds->time_outs > 0))
        count += end_waits(walk, ways + count, preempts, WOKEN_BY_TIME,
                           can_time_out);
    if (free || walk->spurious < bounds->spurious)
        count +=
            end_waits(walk, ways + count, preempts, WOKEN_BY_NOTHING, can_wake);
    if (!free && walk->mode == WALK_ALL &&
        walk->preemptions >= bounds->preemptions)
        count = without_preemptions(ways, count);
    if (count == 0)
        count = go_on(walk, ways, true);
    return count;
}
