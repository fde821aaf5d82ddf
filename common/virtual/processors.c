/* SPDX-License-Identifier: MIT */
#include "common/virtual/processors.h"

#include <stdlib.h>

#include "common/base/fail.h"

static void enter(struct processors *processors, struct runner *runner,
                  enum runner_state state)
{
    if (runner->state == READY)
        runner->delay_ns += processors->now_ns - runner->since_ns;
    runner->state = state;
    runner->since = ++processors->changes;
    runner->since_ns = processors->now_ns;
}

static void add(struct processors *processors, struct thread *thread)
{
    processors->runner = reallocate(processors->runner, processors->runners + 1,
                                    sizeof *processors->runner);
    struct runner *runner = &processors->runner[processors->runners++];
    *runner = (struct runner){.thread = thread, .state = SLEEPS};
    enter(processors, runner, SLEEPS);
}

void processors_adopt(struct processors *processors,
                      const struct threads *threads)
{
    for (size_t i = processors->runners; i < threads->count; i++)
        add(processors, threads->thread[i]);
}

/* How many threads have a processor or, if `waking`, have or will want one. */
static unsigned taken(const struct processors *processors, bool waking)
{
    unsigned count = 0;
    for (size_t i = 0; i < processors->runners; i++) {
        enum runner_state state = processors->runner[i].state;
        count += state == RUNS || (waking && state == WAKES);
    }
    return count;
}

struct runner *processors_sleeper(const struct processors *processors,
                                  const void *object)
{
    struct runner *longest = NULL;
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *runner = &processors->runner[i];
        const struct point *point = &runner->thread->point;
        if ((runner->state == SLEEPS ||
             (runner->state == RUNS && point->kind == POINT_WAKE)) &&
            point->object == object && virtual_can_go(runner->thread) &&
            (!longest || runner->since < longest->since))
            longest = runner;
    }
    return longest;
}

/* The ready thread that is next. */
static struct runner *next_ready(const struct processors *processors)
{
    struct runner *next = NULL;
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *runner = &processors->runner[i];
        if (runner->state == READY &&
            (!next || runner->account_ns < next->account_ns ||
             (runner->account_ns == next->account_ns &&
              runner->since < next->since)))
            next = runner;
    }
    return next;
}

void processors_charge(const struct processors *processors,
                       struct runner *runner)
{
    int64_t used_ns = processors->now_ns - runner->charged_ns;
    runner->account_ns += used_ns;
    runner->cpu_ns += used_ns;
    runner->charged_ns = processors->now_ns;
}

int64_t processors_cpu_ns(const struct processors *processors,
                          const struct thread *thread)
{
    int64_t cpu_ns = 0;
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *runner = &processors->runner[i];
        if (thread && runner->thread != thread)
            continue;
        if (runner->state == RUNS)
            processors_charge(processors, runner);
        cpu_ns += runner->cpu_ns;
    }
    return cpu_ns;
}

/* Give what processors are free to threads that are ready. */
static void dispatch(struct processors *processors)
{
    struct runner *next;
    while (taken(processors, false) < processors->count &&
           (next = next_ready(processors))) {
        enter(processors, next, RUNS);
        next->charged_ns = processors->now_ns;
        next->until_ns = processors->now_ns + next->left_ns;
        next->left_ns = 0;
    }
}

/* How long a wake-up takes that begins now. */
static int64_t wake_up_ns(struct processors *processors)
{
    if (taken(processors, true) >= processors->count)
        return 0;
    int64_t tenth = processors->wake_ns / 10;
    if (!processors->chance || !tenth)
        return processors->wake_ns;
    processors->chance ^= processors->chance << 13; /* Marsaglia's xorshift */
    processors->chance ^= processors->chance >> 7;
    processors->chance ^= processors->chance << 17;
    uint64_t range = 2 * (uint64_t)tenth + 1;
    return processors->wake_ns - tenth + (int64_t)(processors->chance % range);
}

void processors_wake(struct processors *processors, struct runner *runner)
{
    if (runner->state == RUNS)
        processors_leave(processors, runner, SLEEPS);
    int64_t ns = wake_up_ns(processors);
    runner->until_ns = processors->now_ns + ns;
    enter(processors, runner, WAKES);
}

/* For how long an idle processor has been busy with waking the thread: at the
 * end of its sleep, and not before the processor was free. */
static int64_t woken_by_ns(const struct processors *processors,
                           const struct runner *runner)
{
    if (runner->state != WAKES)
        return 0;
    int64_t ns = processors->now_ns - runner->since_ns;
    if (ns > processors->now_ns - processors->freed_ns)
        ns = processors->now_ns - processors->freed_ns;
    return ns < processors->signal_ns ? ns : processors->signal_ns;
}

void processors_arrive(struct processors *processors, struct runner *runner)
{
    int64_t lowest_ns = INT64_MAX;
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *other = &processors->runner[i];
        if (other->state == RUNS)
            processors_charge(processors, other);
        if ((other->state == RUNS || other->state == READY) &&
            other->account_ns < lowest_ns)
            lowest_ns = other->account_ns;
    }
    if (lowest_ns != INT64_MAX &&
        runner->account_ns < lowest_ns - processors->slice_ns)
        runner->account_ns = lowest_ns - processors->slice_ns;
    if (taken(processors, false) < processors->count)
        runner->cpu_ns += woken_by_ns(processors, runner);
    enter(processors, runner, READY);
    dispatch(processors);
}

void processors_leave(struct processors *processors, struct runner *runner,
                      enum runner_state state)
{
    processors_charge(processors, runner);
    if (state == READY)
        runner->left_ns = runner->until_ns - processors->now_ns;
    enter(processors, runner, state);
    processors->freed_ns = processors->now_ns;
    dispatch(processors);
}

/* When something happens to this thread next. */
static int64_t next_ns(const struct processors *processors,
                       const struct runner *runner, const struct runner *ready)
{
    int64_t limit_ns = runner->thread->point.until_ns;
    int64_t slice_ends_ns = INT64_MAX;
    if (ready)
        slice_ends_ns = runner->charged_ns + ready->account_ns +
                        processors->slice_ns - runner->account_ns;
    switch (runner->state) {
    case RUNS:
        return slice_ends_ns < runner->until_ns ? slice_ends_ns
                                                : runner->until_ns;
    case WAKES:
        return runner->until_ns;
    case SLEEPS:
        return limit_ns == VIRTUAL_NEVER ? INT64_MAX
                                         : limit_ns + processors->late_ns;
    default:
        return INT64_MAX;
    }
}

struct runner *processors_turn_clock(struct processors *processors)
{
    const struct runner *ready = next_ready(processors);
    int64_t first_ns = INT64_MAX;
    struct runner *first = NULL;
    processors->quiet_ns = ready ? 0 : INT64_MAX;
    processors->quiet_change = processors->changes;
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *runner = &processors->runner[i];
        int64_t later_ns = next_ns(processors, runner, ready);
        if (later_ns < first_ns ||
            (first && later_ns == first_ns && first->state == RUNS &&
             runner->state != RUNS)) {
            int64_t ns = first_ns;
            first_ns = later_ns;
            first = runner;
            later_ns = ns;
        }
        if (later_ns < processors->quiet_ns)
            processors->quiet_ns = later_ns;
    }
    if (first && first_ns > processors->now_ns)
        processors->now_ns = first_ns;
    return first;
}

bool processors_go_straight_on(struct processors *processors,
                               struct runner *runner)
{
    if (processors->changes != processors->quiet_change ||
        runner->until_ns >= processors->quiet_ns)
        return false;
    processors->now_ns = runner->until_ns;
    processors_charge(processors, runner);
    return true;
}
