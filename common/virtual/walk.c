/* SPDX-License-Identifier: MIT
 *
 * The scheduler of a walk: who goes on at each point of an execution. Plain
 * uses of memory are no points, unless the thread may be spinning: passes().
 */
#include "common/virtual/walk.h"

#include <stdlib.h>

#include "common/base/fail.h"

static struct walker *walker(struct walk *walk, const struct thread *thread)
{
    return &walk->of[thread->number - 1];
}

static void record(struct walk *walk, const struct way *way)
{
    if (walk->steps == walk->most_steps) {
        walk->most_steps = walk->most_steps ? 2 * walk->most_steps : 64;
        walk->step =
            reallocate(walk->step, walk->most_steps, sizeof *walk->step);
    }
    walk->step[walk->steps++] =
        (struct orders_step){.thread = (uint16_t)way->thread->number,
                             .woken = (uint8_t)way->woken,
                             .kind = (uint8_t)(way->thread->point.kind + 1)};
}

static bool is_plain(const struct thread *thread)
{
    enum point_kind kind = thread->point.kind;
    return (kind == POINT_READ || kind == POINT_WRITE) &&
           thread->point.order == VIRTUAL_PLAIN;
}

/* Let it go this way: a step. */
static struct thread *go(struct walk *walk, const struct way *way)
{
    struct thread *thread = way->thread;
    struct walker *its = walker(walk, thread);
    record(walk, way);
    walk->changes++;
    walk->preemptions += way->preempts;
    walk->time_outs += way->woken == WOKEN_BY_TIME;
    if (walk->helpless_since != looks_changes(walk->looks)) {
        walk->helpless_since = looks_changes(walk->looks);
        walk->rescues = 0;
    }
    if (way->rescues && walk->rescues++ == 0)
        walk->helpless_at = walk->steps - 1;
    walk->spurious += way->woken == WOKEN_BY_NOTHING;
    if (way->woken)
        thread->woken = way->woken;
    if (thread->point.kind == POINT_SLEEP)
        thread->woken = WOKEN_BY_TIME;
    if (thread->woken == WOKEN_BY_TIME && its->now_ns < thread->point.until_ns)
        its->now_ns = thread->point.until_ns;
    its->wakes = thread->point.kind == POINT_WAKE;
    its->accesses = 0;
    its->parked = 0;
    walk->last = thread;
    if (is_plain(thread))
        history_step(walk->history, thread, 0,
                     thread->point.kind == POINT_READ);
    else
        looks_before(walk->looks, thread);
    if (walk->taken && walk->steps <= walk->order_steps)
        walk->taken(walk->taken_with, thread, &walk->step[walk->steps - 1]);
    return thread;
}

static bool hidden(const struct walk *walk, const struct thread *me)
{
    const struct orders_subject *subject = walk->subject;
    enum point_kind kind = me->point.kind;
    size_t offset = (uintptr_t)me->point.object - (uintptr_t)subject->hidden;
    return offset < subject->hidden_bytes &&
           (kind == POINT_READ || kind == POINT_WRITE || kind == POINT_CHANGE);
}

/* A plain access is no step, but shows data races and threads that spin. */
static bool passes(struct scheduler *self, struct thread *me)
{
    struct walk *walk = (struct walk *)self;
    struct walker *its = walker(walk, me);
    me->in_vain = false;
    if (hidden(walk, me))
        return !walk->fault && !walk->over;
    const struct access *race =
        walk->bounds->no_races ? NULL : races_step(walk->races, me);
    if (race)
        walk_race(walk, me, race);
    if (walk->taken && walk->steps <= walk->order_steps)
        walk->taken(walk->taken_with, me, NULL);
    looks_before(walk->looks, me);
    walk->changes += me->point.kind == POINT_WRITE;
    if (++its->accesses >= ACCESSES)
        its->parked = walk->changes;
    if (++walk->accesses > ACCESSES_IN_ALL)
        walk_fault(walk, ORDERS_ENDLESS, "thread %u does not end", me->number);
    return !walk->fault && !walk->over && !walk->bounds->plain_steps &&
           !its->parked;
}

/* A thread that has been created runs up to its first point immediately.
 */
static struct thread *newcomer(const struct threads *threads)
{
    for (size_t i = threads->count; i > 0; i--) {
        struct thread *thread = threads->thread[i - 1];
        if (thread->point.kind == POINT_BEGIN && !thread->begun)
            return thread;
    }
    return NULL;
}

static bool is_over(const struct walk *walk)
{
    return walk->fault || walk->over;
}

static struct thread *next_step(struct walk *walk)
{
    struct way ways[MOST_WAYS];
    size_t limit = walk->bounds->steps ? walk->bounds->steps : ORDERS_STEPS;
    if (walk->subject->look)
        walk->subject->look(walk->subject->with);
    size_t count = walk_ways(walk, ways);
    if (!walk->fault && count == 0)
        walk_stuck(walk);
    if (walk->steps >= limit)
        walk_fault(walk, ORDERS_ENDLESS, "it does not end within %zu steps",
                   limit);
    if (is_over(walk))
        return NULL;
    size_t way = walk_decide(walk, ways, count);
    if (is_over(walk))
        return NULL;
    walk_looks(walk, ways[way].thread);
    return is_over(walk) ? NULL : go(walk, &ways[way]);
}

/* Not for the walk to decide: a thread ends, or has been woken and locks its
 * mutex, or counts. */
static bool goes_on(struct walk *walk, struct thread *me)
{
    struct walker *its = walker(walk, me);
    if (me->point.kind == POINT_END || hidden(walk, me))
        return true;
    if (me->point.kind == POINT_LOCK && its->wakes) {
        its->wakes = false;
        return true;
    }
    return false;
}

static struct thread *next(struct scheduler *self, struct threads *threads,
                           struct thread *me)
{
    struct walk *walk = (struct walk *)self;
    if (is_over(walk))
        return NULL;
    if (me && !me->ended && goes_on(walk, me))
        return me;
    struct thread *begins = newcomer(threads);
    return begins ? begins : next_step(walk);
}

static void done(struct scheduler *self, struct thread *me)
{
    struct walk *walk = (struct walk *)self;
    if (me->threads->count > ORDERS_THREADS)
        fail("orders of %d threads at most are walked", ORDERS_THREADS);
    if (hidden(walk, me))
        return;
    const struct access *race =
        walk->bounds->no_races ? NULL : races_step(walk->races, me);
    if (race)
        walk_race(walk, me, race);
    unsigned wakes = 0;
    if (me->point.kind == POINT_SIGNAL)
        wakes = walk->step[walk->steps - 1].wakes;
    history_step(walk->history, me, wakes, looks_step(walk->looks, me));
}

/* Whom a signal wakes. */
static struct thread *choose(struct scheduler *self, struct thread *me,
                             struct thread *longest)
{
    struct walk *walk = (struct walk *)self;
    struct thread *waiting[ORDERS_THREADS] = {longest};
    size_t count = 1;
    for (size_t i = 0; i < me->threads->count; i++) {
        struct thread *thread = me->threads->thread[i];
        if (thread != longest && thread->point.kind == POINT_WAKE &&
            thread->point.object == me->point.object &&
            thread->woken == WOKEN_NOT)
            waiting[count++] = thread;
    }
    struct thread *woken = longest;
    if (walk->mode == WALK_ONE && walk->steps <= walk->order_steps) {
        for (size_t i = 0; i < count; i++)
            if (waiting[i]->number == walk->order[walk->steps - 1].wakes)
                woken = waiting[i];
    } else if (walk->mode != WALK_ONE) {
        size_t way = walk_decide_whom(walk, count);
        woken = way < count ? waiting[way] : longest;
    }
    walk->step[walk->steps - 1].wakes = (uint16_t)woken->number;
    return woken;
}

static int64_t now_ns(struct scheduler *self, struct thread *me,
                      clockid_t clock)
{
    (void)clock;
    return walker((struct walk *)self, me)->now_ns;
}

/* The end of the program is the end of the order. */
static void quit(struct scheduler *self, struct thread *me, int status,
                 struct virtual_place here)
{
    struct walk *walk = (struct walk *)self;
    if (status || walk->subject->never_exits)
        walk_quit(walk, me, status, here);
    walk->over = true;
}

static void wrong(struct scheduler *self, struct thread *me, const char *what,
                  struct virtual_place here)
{
    walk_misuse((struct walk *)self, me, what, here);
}

const struct scheduler walk_scheduler = {
    .sees_memory = true,
    .sees_own_stack = true,
    .owns_heap = true,
    .next = next,
    .passes = passes,
    .done = done,
    .choose = choose,
    .now_ns = now_ns,
    .quit = quit,
    .wrong = wrong,
};
