/* SPDX-License-Identifier: MIT */
#include "common/base/lane.h"

#include <stdlib.h>

#include "common/base/fail.h"

void lane_init(struct lane *lane, size_t capacity)
{
    *lane = (struct lane){
        .slice = allocate(capacity, sizeof *lane->slice),
        .capacity = capacity,
    };
}

void lane_free(struct lane *lane)
{
    free(lane->slice);
    free(lane->mark);
    *lane = (struct lane){0};
}

void lane_add(struct lane *lane, enum lane_state state, int64_t begin_ns,
              int64_t end_ns)
{
    if (lane_full(lane)) {
        lane->lost += lane->capacity > 0; /* 0: nothing was to be recorded */
        return;
    }
    lane->slice[lane->slices++] = (struct slice){state, begin_ns, end_ns};
}

void lane_allow_marks(struct lane *lane, const char *name, uint64_t capacity)
{
    if (!lane->capacity)
        return; /* nothing is to be recorded */
    lane->mark = allocate(capacity, sizeof *lane->mark);
    lane->mark_capacity = (size_t)capacity; /* allocated, so it fits */
    lane->mark_name = name;
}

void lane_mark(struct lane *lane, int64_t begin_ns, int64_t end_ns)
{
    if (lane->marks < lane->mark_capacity)
        lane->mark[lane->marks++] =
            (struct slice){.begin_ns = begin_ns, .end_ns = end_ns};
}

/* The first slice that ends after `ns`. */
static size_t lane_find(const struct lane *lane, int64_t ns)
{
    size_t low = 0;
    size_t high = lane->slices;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (lane->slice[middle].end_ns <= ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t lane_time_ns(const struct lane *lane, enum lane_state state,
                     int64_t from_ns, int64_t to_ns)
{
    int64_t time = 0;
    for (size_t i = lane_find(lane, from_ns); i < lane->slices; i++) {
        const struct slice *slice = &lane->slice[i];
        if (slice->begin_ns >= to_ns)
            break;
        if (slice->state != state)
            continue;
        int64_t begin = slice->begin_ns > from_ns ? slice->begin_ns : from_ns;
        int64_t end = slice->end_ns < to_ns ? slice->end_ns : to_ns;
        time += end - begin;
    }
    return time;
}
