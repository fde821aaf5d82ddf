/* SPDX-License-Identifier: MIT */
#include "common/python/engines.h"

#include "common/lab/screen.h"
#include "common/run/count.h"

void engine_run(const struct engine *engine, struct run *run, const char *name,
                enum launcher launcher, uint64_t tasks, void *with)
{
    struct gil gil;
    screen_line("\n%s, %s:", engine->name, name);
    run_init(run, name, tasks, engine->additions);
    if (engine->lock) {
        gil_init(&gil, engine->lock);
        run_use_lock(run, &gil);
    }
    run_begin(run);
    if (launcher == LAUNCH_TOGETHER)
        run_all(run, engine->body, with);
    else
        run_one_by_one(run, engine->body, with);
    run_end(run);
    if (engine->lock)
        gil_destroy(&gil);
    run_check(run, count_sum(engine->additions));
    run_text(run, "engine", "interpreter", engine->name);
    if (engine->version)
        run_text(run, "version", NULL, engine->version);
    run_figure(run, "count", NULL, 0, (double)engine->additions);
}

static void ratio_figures(struct run *threads, const struct ratio *ratio)
{
    run_figure(threads, "ratio_each", NULL, 3, ratio->each.median);
    run_figure(threads, "ratio_total", NULL, 3, ratio->total.median);
    run_figure(threads, "pairs", NULL, 0, (double)ratio->rounds);
}

static const char *engine_of(const struct run *run)
{
    for (size_t i = 0; i < run->figures; i++)
        if (run->figure[i].text)
            return run->figure[i].text;
    return run->name;
}

void engines_compare(struct run *first_threads, const struct run *first_serial,
                     struct run *second_threads,
                     const struct run *second_serial)
{
    struct ratio first = rounds_ratio(first_threads, first_serial);
    struct ratio second = rounds_ratio(second_threads, second_serial);
    if (!first.rounds || !second.rounds)
        return;
    double each = second.each.median / first.each.median;
    double total = second.total.median / first.total.median;
    ratio_figures(first_threads, &first);
    ratio_figures(second_threads, &second);
    run_figure(second_threads, "agree_each", NULL, 3, each);
    run_figure(second_threads, "agree_total", NULL, 3, total);
    const char *a = engine_of(first_threads), *b = engine_of(second_threads);
    screen_line("\n%-26s%9s%9s", "threads / serial", "each", "total");
    screen_line("%-26s%9.3f%9.3f", a, first.each.median, first.total.median);
    screen_line("%-26s%9.3f%9.3f", b, second.each.median, second.total.median);
    screen_line("%s / %-13s%9.3f%9.3f", b, a, each, total);
}
