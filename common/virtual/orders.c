/* SPDX-License-Identifier: MIT */
#include "common/virtual/orders.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/heap.h"
#include "common/virtual/walk.h"

static struct walk *walking; /* the one walk there is */

static void begin_walk(struct walk *walk, struct orders_result *result)
{
    if (walking)
        fail("a walk in a walk");
    *result = (struct orders_result){0};
    walk->scheduler = walk_scheduler;
    walk->result = result;
    walk->threads = virtual_threads_new(&walk->scheduler);
    walk->history = history_new();
    walk->looks = looks_new();
    walk->races = races_new();
    search_begin(&walk->search);
    walk->search.shorter_than = walk->bounds->shorter_than;
    walking = walk;
}

static void end_walk(struct walk *walk)
{
    walking = NULL;
    virtual_heap_clear();
    search_end(&walk->search);
    races_free(walk->races);
    looks_free(walk->looks);
    history_free(walk->history);
    virtual_threads_free(walk->threads);
    free(walk->step);
}

static void begin_execution(struct walk *walk)
{
    memset(walk->of, 0, walk->threads->made * sizeof *walk->of);
    walk->steps = 0;
    walk->last = NULL;
    walk->preemptions = walk->time_outs = walk->spurious = 0;
    walk->changes = 1;
    walk->accesses = walk->helpless_since = 0;
    walk->rescues = 0;
    walk->over = false;
    walk->fault = ORDERS_NO_FAULT;
    walk->text[0] = '\0';
    history_begin(walk->history);
    looks_begin(walk->looks);
    virtual_heap_clear();
    races_begin(walk->races);
}

static void *run_body(void *with)
{
    walking->subject->body(walking->subject->with, virtual_me->number);
    return with;
}

/* All of it once, in the order that the walk is at. True: it went to its end,
 * right or wrong. */
static bool execute(struct walk *walk)
{
    const struct orders_subject *subject = walk->subject;
    begin_execution(walk);
    if (subject->begin)
        subject->begin(subject->with);
    for (unsigned i = 0; i < subject->threads; i++)
        virtual_threads_add(walk->threads, run_body, NULL);
    bool ended = virtual_threads_run(walk->threads);
    if (subject->after)
        subject->after(subject->with);
    if (ended && !walk->fault && subject->end)
        subject->end(subject->with);
    return ended || walk->fault;
}

/* The shortest order so far that fails, and of two as long ones the first. */
static void keep_finding(struct walk *walk)
{
    struct orders_result *result = walk->result;
    size_t most = walk->bounds->shorter_than;
    size_t steps = walk->steps;
    if (walk->rescues &&
        (walk->fault == ORDERS_STUCK || walk->fault == ORDERS_SPINS))
        steps = walk->helpless_at; /* what came then changed nothing */
    if (steps >= (result->fault ? result->steps : most ? most : SIZE_MAX))
        return;
    if (!result->fault)
        walk->steps_at_fault = result->all_steps;
    size_t bytes = steps * sizeof *result->step;
    result->fault = walk->fault;
    result->steps = steps;
    memcpy(result->text, walk->text, sizeof result->text);
    memcpy(result->race, walk->race, sizeof result->race);
    free(result->step);
    result->step = allocate(steps + 1, sizeof *result->step);
    if (bytes)
        memcpy(result->step, walk->step, bytes);
    if (!walk->bounds->all_failing)
        walk->search.shorter_than = result->steps;
}

static bool within(uint64_t value, uint64_t limit)
{
    return !limit || value < limit;
}

/* Is there another order to be tried? */
static bool next_order(struct walk *walk)
{
    struct orders_result *result = walk->result;
    const struct orders_bounds *bounds = walk->bounds;
    if (walk->fault == ORDERS_CHANGES)
        return false;
    if (walk->mode == WALK_AT_RANDOM)
        return result->executions < bounds->random_orders;
    if (!search_next(&walk->search, walk->fault)) {
        result->all = true;
        if (!result->fault || bounds->all_failing) {
            result->orders = walk->search.orders;
            result->failing = walk->search.failing;
        }
        return false;
    }
    return within(result->executions, bounds->executions) &&
           within(result->all_steps, bounds->all_steps) &&
           (!result->fault || within(result->all_steps - walk->steps_at_fault,
                                     bounds->more_steps));
}

bool orders_walk(const struct orders_subject *subject,
                 const struct orders_bounds *bounds,
                 struct orders_result *result)
{
    struct walk walk = {.subject = subject,
                        .bounds = bounds,
                        .mode =
                            bounds->random_orders ? WALK_AT_RANDOM : WALK_ALL,
                        .random = bounds->seed};
    begin_walk(&walk, result);
    do {
        execute(&walk);
        result->executions++;
        result->all_steps += walk.steps;
        if (walk.fault)
            keep_finding(&walk);
    } while (next_order(&walk));
    end_walk(&walk);
    return result->all && !result->fault;
}

bool orders_follow(const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_step *step, size_t steps,
                   void (*taken)(void *with, const struct thread *thread,
                                 const struct orders_step *step),
                   void *with, struct orders_result *result)
{
    struct walk walk = {.subject = subject,
                        .bounds = bounds,
                        .mode = WALK_ONE,
                        .order = step,
                        .order_steps = steps,
                        .taken = taken,
                        .taken_with = with};
    begin_walk(&walk, result);
    result->all = execute(&walk);
    if (result->all && walk.steps < steps)
        walk_cannot(&walk, &step[walk.steps], NULL, 0);
    result->executions = 1;
    result->fault = walk.fault;
    result->steps = walk.steps;
    memcpy(result->text, walk.text, sizeof result->text);
    memcpy(result->race, walk.race, sizeof result->race);
    end_walk(&walk);
    return !result->fault;
}

void orders_free(struct orders_result *result)
{
    free(result->step);
    result->step = NULL;
}

void orders_fail(const char *format, ...)
{
    char text[sizeof walking->text];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (walking)
        walk_fault(walking, ORDERS_CHECK, "%s", text);
}

void orders_note(const char *text)
{
    if (!virtual_me)
        return;
    virtual_me->point = (struct point){
        .kind = POINT_NOTE, .object = text, .until_ns = VIRTUAL_NEVER};
    virtual_point();
    virtual_done();
}

const struct threads *orders_threads(void)
{
    return walking->threads;
}

const struct thread *orders_last(void)
{
    return walking->last;
}

const struct orders_step *orders_last_step(void)
{
    return walking->steps ? &walking->step[walking->steps - 1] : NULL;
}

bool orders_can_go(const struct thread *thread)
{
    return walk_can_go(thread);
}

bool orders_spins(const struct thread *thread)
{
    return walk_spins(walking, thread);
}
