/* SPDX-License-Identifier: MIT */
#include "brute.h"

enum {
    MOST_STEPS = 64
};

struct brute {
    const struct orders_subject *subject;
    const struct orders_bounds *bounds;
    size_t limit;
    struct orders_step step[MOST_STEPS];
};

/* Used so far of what the bounds allow. */
struct used {
    unsigned preemptions, time_outs, spurious;
};

/* What comes of the first `steps` steps. */
static enum orders_fault follow(const struct brute *brute, size_t steps)
{
    struct orders_result result;
    orders_follow(brute->subject, brute->bounds, brute->step, steps, NULL, NULL,
                  &result);
    return result.fault;
}

/* Can this thread do a step now, its wait ended like this? */
static bool can(struct brute *brute, size_t steps, unsigned thread,
                enum woken woken)
{
    brute->step[steps] = (struct orders_step){.thread = (uint16_t)thread,
                                              .woken = (uint8_t)woken};
    return follow(brute, steps + 1) != ORDERS_CANNOT;
}

static bool fails(struct brute *brute, size_t steps, struct used used);

/* Go on with that step if the bounds allow it. */
static bool fails_with(struct brute *brute, size_t steps, struct used used,
                       unsigned thread, enum woken woken, bool preempts)
{
    const struct orders_bounds *bounds = brute->bounds;
    used.preemptions += preempts;
    used.time_outs += woken == WOKEN_BY_TIME;
    used.spurious += woken == WOKEN_BY_NOTHING;
    return used.preemptions <= bounds->preemptions &&
           used.time_outs <= bounds->time_outs &&
           used.spurious <= bounds->spurious &&
           can(brute, steps, thread, woken) && fails(brute, steps + 1, used);
}

static bool fails(struct brute *brute, size_t steps, struct used used)
{
    if (follow(brute, steps))
        return true;
    if (steps == brute->limit)
        return false;
    unsigned threads = brute->subject->threads;
    unsigned last = steps > 0 ? brute->step[steps - 1].thread : 0;
    bool last_can = last && can(brute, steps, last, WOKEN_NOT);
    bool one_can = false;
    for (unsigned i = 1; i <= threads; i++)
        one_can = can(brute, steps, i, WOKEN_NOT) || one_can;
    for (unsigned i = 1; i <= threads; i++)
        if (fails_with(brute, steps, used, i, WOKEN_NOT, last_can && i != last))
            return true;
    for (unsigned i = 1; i <= threads && one_can; i++)
        if (fails_with(brute, steps, used, i, WOKEN_BY_TIME, last_can) ||
            fails_with(brute, steps, used, i, WOKEN_BY_NOTHING, last_can))
            return true;
    return false;
}

bool brute_fails(const struct orders_subject *subject,
                 const struct orders_bounds *bounds, size_t steps)
{
    struct brute brute = {.subject = subject, .bounds = bounds, .limit = steps};
    return steps < MOST_STEPS && fails(&brute, 0, (struct used){0});
}
