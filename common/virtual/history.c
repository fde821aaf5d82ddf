/* SPDX-License-Identifier: MIT */
#include "common/virtual/history.h"

#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/addresses.h"
#include "common/virtual/subject.h"

/* An object. */
struct touched {
    uint64_t version; /* the step that changed it last */
    uint64_t looks;   /* the sum of those that have looked at it since */
};

/* A thread. */
struct past {
    uint64_t step;         /* its last one */
    uint64_t woken_by;     /* the step that woke it; 0: none */
    const void *waited_on; /* it comes from waiting on this condition ... */
    enum woken woken;      /* ... and was woken so */
};

struct history {
    struct addresses *objects;
    struct past past[ORDERS_THREADS];
    size_t threads; /* of them, in this execution */
};

struct history *history_new(void)
{
    struct history *history = allocate(1, sizeof *history);
    history->objects = addresses_new(sizeof(struct touched));
    return history;
}

void history_free(struct history *history)
{
    addresses_free(history->objects);
    free(history);
}

static uint64_t mix(uint64_t hash, uint64_t with)
{
    hash = (hash ^ with) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ (hash >> 32)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 29);
}

void history_begin(struct history *history)
{
    addresses_empty(history->objects);
    history->threads = 0;
}

static struct past *past_of(struct history *history,
                            const struct thread *thread)
{
    for (; history->threads < thread->number; history->threads++)
        history->past[history->threads] =
            (struct past){.step = history->threads + 1};
    return &history->past[thread->number - 1];
}

/* A step of `me` that is `step` so far looks at the object, or changes it. */
static uint64_t look_at(struct history *history, const void *object,
                        uint64_t step)
{
    struct touched *touched = addresses_find(history->objects, object);
    step = mix(step, touched->version);
    touched->looks += mix(step, 1);
    return step;
}

static uint64_t change(struct history *history, const void *object,
                       uint64_t step)
{
    struct touched *touched = addresses_find(history->objects, object);
    step = mix(mix(step, touched->version), touched->looks);
    touched->version = step;
    touched->looks = 0;
    return step;
}

/* A thread that a signal has just woken builds on that step. */
static void wake(struct history *history, const struct thread *me,
                 uint64_t step)
{
    const struct threads *threads = me->threads;
    for (size_t i = 0; i < threads->count; i++) {
        const struct thread *thread = threads->thread[i];
        struct past *past = past_of(history, thread);
        if (thread->point.kind == POINT_WAKE &&
            thread->point.object == me->point.object && !past->woken_by &&
            thread->woken == WOKEN_BY_SIGNAL)
            past->woken_by = step;
    }
}

/* A wait that ended by the time, or by nothing, changes whom the next signal
 * can wake. A wait that a signal ended changes nothing more: the signal was a
 * step. */
static uint64_t leave_wait(struct history *history, const struct thread *me,
                           uint64_t step)
{
    struct past *past = past_of(history, me);
    if (!past->waited_on)
        return step;
    step = mix(mix(step, past->woken), past->woken_by);
    if (past->woken != WOKEN_BY_SIGNAL)
        step = change(history, past->waited_on, step);
    past->waited_on = NULL;
    past->woken_by = 0;
    return step;
}

/* The objects that a step touches. */
static uint64_t touch(struct history *history, const struct thread *me,
                      uint64_t step, bool only_looks)
{
    const struct point *point = &me->point;
    switch (point->kind) {
    case POINT_BEGIN:
    case POINT_SLEEP:
    case POINT_YIELD:
    case POINT_FENCE:
    case POINT_NOTE:
        return step;
    case POINT_WAIT:
        step = change(history, point->object, step);
        return change(history, point->second, step);
    default:
        if (only_looks)
            return look_at(history, point->object, step);
        return change(history, point->object, step);
    }
}

void history_step(struct history *history, const struct thread *me,
                  unsigned which, bool only_looks)
{
    struct past *past = past_of(history, me);
    if (me->point.kind == POINT_WAKE) {
        past->waited_on = me->point.object;
        past->woken = me->woken;
        return;
    }
    uint64_t step = mix(past->step, me->point.kind * 64 + me->woken);
    step = mix(step, which);
    step = leave_wait(history, me, step);
    step = touch(history, me, step, only_looks);
    past->step = step;
    if (me->point.kind == POINT_SIGNAL || me->point.kind == POINT_BROADCAST)
        wake(history, me, step);
    if (me->point.kind == POINT_CREATE)
        past_of(history, me->point.object)->step = mix(step, 2);
}

uint64_t history_moment(struct history *history, const struct threads *threads)
{
    uint64_t moment = threads->count;
    for (size_t i = 0; i < threads->count; i++)
        moment = mix(moment, past_of(history, threads->thread[i])->step);
    return moment;
}
