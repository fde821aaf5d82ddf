/* SPDX-License-Identifier: MIT */
#include "common/run/alone.h"

enum {
    TRIES = 5
};

double alone_ns(const struct options *options, uint64_t turns,
                void (*body)(struct task *task), void *with)
{
    struct options one = *options;
    one.tasks = 1;
    struct gil gil;
    struct run run;
    gil_init(&gil, &one.lock);
    run_init(&run, "alone", &one, turns);
    run_lock(&run, &gil);
    run.task[0].with = with;
    struct stopwatch watch = stopwatch_start(CLOCK_THREAD_CPUTIME_ID);
    body(&run.task[0]);
    double cpu_s = stopwatch_read(&watch).cpu_s;
    run_free(&run);
    gil_destroy(&gil);
    return cpu_s * 1e9 / (double)turns;
}

void alone_compare(size_t ways, double *least,
                   double (*try)(size_t way, const struct options *options),
                   const struct options *options)
{
    for (int i = 0; i < TRIES; i++) {
        for (size_t way = 0; way < ways; way++) {
            double cost = try(way, options);
            if (i == 0 || cost < least[way])
                least[way] = cost;
        }
    }
}
