/* SPDX-License-Identifier: MIT */
#include "common/python/engines.h"

#include <inttypes.h>

#include "common/base/statistics.h"
#include "common/lab/screen.h"
#include "common/run/count.h"

enum {
    MAX_PAIRS = 100
};

struct option_row pairs_option(uint64_t *pairs)
{
    return (struct option_row){
        .name = "pairs",
        .value = "N",
        .help = "medians of N pairs of engines, alternating (default 1)",
        .kind = OPTION_WHOLE,
        .into = pairs,
        .low = 1,
        .high = MAX_PAIRS};
}

void engine_run(const struct engine *engine, struct run *run, const char *name,
                enum launcher launcher, const struct options *options)
{
    struct gil gil;
    screen_line("\n%s, %s:", engine->name, name);
    run_init(run, name, options->tasks, engine->additions);
    if (engine->lock) {
        gil_init(&gil, engine->lock);
        run_lock(run, &gil);
    }
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = engine->with;
        task_start(&run->task[i], engine->body);
        if (launcher == LAUNCH_ONE_BY_ONE)
            task_join(&run->task[i]);
    }
    for (size_t i = 0; i < run->tasks && launcher == LAUNCH_TOGETHER; i++)
        task_join(&run->task[i]);
    run_end(run);
    if (engine->lock)
        gil_destroy(&gil);
    run_check(run, count_sum(engine->additions));
    run_text(run, "engine", "interpreter", engine->name);
    if (engine->version)
        run_text(run, "version", NULL, engine->version);
    run_figure(run, "count", NULL, 0, (double)engine->additions);
}

/* The runs of the pair before make room. */
static void engine_pair(struct engine *engine, bool first,
                        const struct options *options)
{
    if (!first) {
        run_free(&engine->threads);
        run_free(&engine->serial);
    }
    engine_run(engine, &engine->threads, "threads", LAUNCH_TOGETHER, options);
    engine_run(engine, &engine->serial, "serial", LAUNCH_ONE_BY_ONE, options);
}

void pairs_run(struct engine engine[2], uint64_t pairs,
               const struct options *options)
{
    double each[2][MAX_PAIRS], total[2][MAX_PAIRS];
    size_t pair = 0;
    size_t failed = 0;
    for (; pair < pairs && !failed; pair++) {
        if (pairs > 1)
            screen_line("\npair %zu of %" PRIu64, pair + 1, pairs);
        engine_pair(&engine[pair % 2], pair == 0, options);
        engine_pair(&engine[1 - pair % 2], pair == 0, options);
        for (size_t n = 0; n < 2; n++) {
            const struct run *threads = &engine[n].threads;
            const struct run *serial = &engine[n].serial;
            each[n][pair] = run_each_s(threads) / run_each_s(serial);
            total[n][pair] = threads->time.wall_s / serial->time.wall_s;
            failed += threads->failed + serial->failed;
        }
    }
    if (failed)
        return;
    for (size_t n = 0; n < 2; n++) {
        struct ratio *ratio = &engine[n].ratio;
        *ratio = (struct ratio){median(each[n], pair), median(total[n], pair)};
        struct run *threads = &engine[n].threads;
        run_figure(threads, "ratio_each", NULL, 3, ratio->each);
        run_figure(threads, "ratio_total", NULL, 3, ratio->total);
        run_figure(threads, "pairs", NULL, 0, (double)pair);
    }
    const struct ratio *first = &engine[0].ratio, *second = &engine[1].ratio;
    struct run *threads = &engine[1].threads;
    run_figure(threads, "agree_each", NULL, 3, second->each / first->each);
    run_figure(threads, "agree_total", NULL, 3, second->total / first->total);
}

void pairs_print(const struct engine engine[2])
{
    const struct ratio *first = &engine[0].ratio, *second = &engine[1].ratio;
    if (first->each <= 0)
        return; /* a task failed */
    screen_line("\n%-26s%9s%9s", "threads / serial", "each", "total");
    screen_line("%-26s%9.3f%9.3f", engine[0].name, first->each, first->total);
    screen_line("%-26s%9.3f%9.3f", engine[1].name, second->each, second->total);
    screen_line("%s / %-13s%9.3f%9.3f", engine[1].name, engine[0].name,
                second->each / first->each, second->total / first->total);
}
