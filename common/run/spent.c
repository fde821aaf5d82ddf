/* SPDX-License-Identifier: MIT */
#include "common/run/spent.h"

#include <stddef.h>

/* Move up to `ns` of the time in `state` to SPENT_READY; returns what is left
 * of it. */
static int64_t take_from(struct spent *spent, int state, int64_t ns)
{
    int64_t part = ns < spent->ns[state] ? ns : spent->ns[state];
    spent->ns[state] -= part;
    spent->ns[SPENT_READY] += part;
    return ns - part;
}

struct spent spent_of(const struct lane *lane, int64_t from_ns, int64_t to_ns,
                      int64_t delay_ns, int64_t cpu_ns)
{
    static const enum lane_state computing[] = {LANE_RUNS, LANE_HOLDS,
                                                LANE_PYTHON};
    static const enum lane_state waiting[] = {LANE_WAITS, LANE_IO, LANE_SLEEPS};
    struct spent spent = {.known = lane->capacity > 0 && !lane->lost};
    int64_t rest_ns = to_ns - from_ns;
    for (int state = 0; state < LANE_STATES; state++) {
        spent.ns[state] =
            lane_time_ns(lane, (enum lane_state)state, from_ns, to_ns);
        rest_ns -= spent.ns[state];
    }
    spent.ns[LANE_RUNS] += rest_ns;
    int64_t without_ns = -cpu_ns; /* computing, it seems, but no processor */
    for (size_t i = 0; i < 3; i++)
        without_ns += spent.ns[computing[i]];
    if (without_ns > delay_ns)
        without_ns = delay_ns;
    if (without_ns < 0)
        without_ns = 0;
    delay_ns -= without_ns;
    for (size_t i = 0; i < 3; i++)
        without_ns = take_from(&spent, (int)computing[i], without_ns);
    for (size_t i = 0; i < 3; i++)
        delay_ns = take_from(&spent, (int)waiting[i], delay_ns);
    return spent;
}

void spent_add(struct spent *sum, const struct spent *more)
{
    for (int kind = 0; kind < SPENT_KINDS; kind++)
        sum->ns[kind] += more->ns[kind];
    sum->known = sum->known && more->known;
}

void spent_percent(const struct spent *spent, int percent[SPENT_KINDS])
{
    double all = 0;
    for (int kind = 0; kind < SPENT_KINDS; kind++)
        all += (double)spent->ns[kind];
    int sum = 0;
    int largest = 0;
    for (int kind = 0; kind < SPENT_KINDS; kind++) {
        percent[kind] = 0;
        if (spent->known && all > 0)
            percent[kind] = (int)(100 * (double)spent->ns[kind] / all + 0.5);
        sum += percent[kind];
        if (spent->ns[kind] > spent->ns[largest])
            largest = kind;
    }
    if (sum > 0)
        percent[largest] += 100 - sum; /* what rounding has added or lost */
}
