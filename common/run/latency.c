/* SPDX-License-Identifier: MIT */
#include "common/run/latency.h"

#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/timing.h"

void latency_init(struct latency *latency, size_t capacity)
{
    *latency = (struct latency){
        .us = allocate(capacity, sizeof *latency->us),
        .capacity = capacity,
    };
}

void latency_free(struct latency *latency)
{
    free(latency->us);
}

void latency_add(struct latency *latency, int64_t began_ns)
{
    if (latency->requests < latency->capacity)
        latency->us[latency->requests++] = (double)(wall_ns() - began_ns) / 1e3;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double latency_us(struct latency *latency, unsigned percent)
{
    size_t n = latency->requests;
    if (n == 0)
        return 0;
    qsort(latency->us, n, sizeof *latency->us, by_size);
    size_t rank = (n * percent + 99) / 100;
    return latency->us[rank ? rank - 1 : 0];
}

void latency_figures(struct latency *latency, struct run *run)
{
    run_figure(run, "round_trips", NULL, 0, (double)latency->requests);
    if (latency->requests == 0)
        return;
    run_figure(run, "p50_us", "p50 us", 1, latency_us(latency, 50));
    run_figure(run, "p99_us", "p99 us", 1, latency_us(latency, 99));
}
