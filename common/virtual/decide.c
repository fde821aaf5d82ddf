/* SPDX-License-Identifier: MIT
 *
 * Which of the ways a walk goes: the next that has not been tried, one at
 * random, or the one that an order asks for.
 */
#include <string.h>

#include "common/virtual/walk.h"

static uint64_t mix(uint64_t hash, uint64_t with)
{
    hash = (hash ^ with) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 31);
}

static uint64_t random_number(struct walk *walk)
{
    walk->random += UINT64_C(0x9e3779b97f4a7c15);
    return mix(mix(walk->random, 1), 2);
}

/* What makes this moment what it is, with all that the bounds depend on. */
static uint64_t moment(struct walk *walk)
{
    const struct orders_subject *subject = walk->subject;
    uint64_t number = history_moment(walk->history, walk->threads);
    number = mix(number, walk->last ? walk->last->number : 0);
    number = mix(number, walk->preemptions);
    const char *remembers = subject->remembers;
    size_t bytes = subject->remembers_bytes;
    for (size_t i = 0; i < bytes; i += sizeof(uint64_t)) {
        uint64_t some = 0;
        memcpy(&some, remembers + i, bytes - i < 8 ? bytes - i : sizeof some);
        number = mix(number, some);
    }
    if (walk->bounds->no_reduction)
        for (size_t i = 0; i < walk->steps; i++)
            number =
                mix(number, walk->step[i].thread * 64u +
                                walk->step[i].wakes * 4u + walk->step[i].woken);
    return number;
}

/* One of `count` ways; `count`: none, the execution is over. */
static size_t choose(struct walk *walk, size_t count, bool whom)
{
    if (count == 1)
        return 0;
    if (walk->mode == WALK_AT_RANDOM) {
        uint64_t number = random_number(walk);
        return number % 2 && !whom ? 0 : (size_t)(number / 2 % count);
    }
    const struct thread *last = walk->last;
    uint32_t witness = whom;
    if (last)
        witness += (uint32_t)(last->point.kind * 64 + last->number) * 2;
    if (search_knows(&walk->search)) {
        size_t way = search_again(&walk->search, count, witness);
        if (way == count)
            walk_fault(walk, ORDERS_CHANGES,
                       "the same order does not lead to the same steps: the "
                       "program depends on something that is not walked");
        return way;
    }
    size_t way = search_fork(&walk->search, count, witness,
                             mix(moment(walk), whom ? 3 : 4), walk->steps);
    walk->over = way == count;
    return way;
}

/* Could this thread be the one that a signal of `me` wakes? */
static bool may_wake(const struct walk *walk, const struct thread *me,
                     unsigned number)
{
    const struct threads *threads = walk->threads;
    if (me->point.kind != POINT_SIGNAL || number > threads->count)
        return false;
    const struct thread *thread = threads->thread[number - 1];
    return thread->point.kind == POINT_WAKE &&
           thread->point.object == me->point.object &&
           thread->woken == WOKEN_NOT;
}

/* The way that the order to follow takes. */
static size_t follow(struct walk *walk, const struct way *ways, size_t count)
{
    if (walk->steps >= walk->order_steps) {
        walk->over = !ways[0].rescues && !walk->bounds->finish;
        walk_who_can(walk, ways, count);
        return 0;
    }
    const struct orders_step *step = &walk->order[walk->steps];
    for (size_t i = 0; i < count; i++)
        if (ways[i].thread->number == step->thread &&
            ways[i].woken == (enum woken)step->woken) {
            if (step->kind && step->kind != ways[i].thread->point.kind + 1)
                walk_differs(walk, step, ways[i].thread);
            else if (step->wakes &&
                     !may_wake(walk, ways[i].thread, step->wakes))
                walk_cannot_wake(walk, step);
            return i;
        }
    walk_cannot(walk, step, ways, count);
    return count;
}

size_t walk_decide(struct walk *walk, const struct way *ways, size_t count)
{
    return walk->mode == WALK_ONE ? follow(walk, ways, count)
                                  : choose(walk, count, false);
}

size_t walk_decide_whom(struct walk *walk, size_t count)
{
    return choose(walk, count, true);
}
