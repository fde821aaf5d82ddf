/* SPDX-License-Identifier: MIT */
#include "common/run/cost.h"

enum {
    TRIES = 5
};

double cost_ns(const struct gil_config *lock, uint64_t iterations,
               void (*body)(struct task *task), void *with)
{
    struct gil gil;
    struct run run;
    gil_init(&gil, lock);
    run_init(&run, "alone", 1, iterations);
    run_use_lock(&run, &gil);
    run.task[0].with = with;
    struct stopwatch watch = stopwatch_start(CLOCK_THREAD_CPUTIME_ID);
    body(&run.task[0]);
    double cpu_s = stopwatch_read(&watch).cpu_s;
    run_free(&run);
    gil_destroy(&gil);
    return cpu_s * 1e9 / (double)iterations;
}

void cost_compare(size_t ways, double *least,
                  double (*try)(size_t way, const void *with), const void *with)
{
    for (int i = 0; i < TRIES; i++) {
        for (size_t way = 0; way < ways; way++) {
            double cost = try(way, with);
            if (i == 0 || cost < least[way])
                least[way] = cost;
        }
    }
}
