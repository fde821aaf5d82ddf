/* SPDX-License-Identifier: MIT */
#include "common/lab/trust.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/number.h"
#include "common/base/portable.h"

#define LEAST_GOT 0.9
#define MOST_STOLEN 0.05    /* of a processor */
#define MOST_THROTTLED 0.05 /* of the time */
#define MOST_SPREAD (4.0 / 3)
#define LITTLE "the figures above mean little"
#define COMPUTES 0.2 /* CPU/wall from which a run's work is computing */

static const char again[] = "run it again when the machine is quiet";

__attribute__((format(printf, 3, 4))) static void
doubt(struct trust *trust, const char *advice, const char *format, ...)
{
    if (!trust->trusted)
        return; /* the first reason stands */
    va_list args;
    va_start(args, format);
    vsnprintf(trust->reason, sizeof trust->reason, format, args);
    va_end(args);
    trust->advice = advice;
    trust->trusted = false;
}

/* How long its tasks waited for a processor, all together. */
static double delay_s(const struct run *run)
{
    double ns = 0;
    for (size_t i = 0; i < run->tasks; i++)
        ns += (double)run->task[i].spent.ns[SPENT_READY];
    return ns / 1e9;
}

/* Its work is computing, even where others had the processor meanwhile. */
static bool computes(const struct run *run, const struct elapsed *time)
{
    return time->cpu_s + delay_s(run) >= COMPUTES * time->wall_s;
}

/* Under the lock all the time: no more than one processor could be used. */
static bool one_at_a_time(const struct run *run)
{
    for (size_t i = 0; i < run->tasks; i++)
        if (run->task[i].spent.ns[LANE_RUNS] > 0)
            return false;
    return run->gil;
}

/* Of the processor time that the run could have used, the part that it got. */
static void judge_processors(struct trust *trust, const struct run *run,
                             double cpus)
{
    struct elapsed time = rounds_time(run);
    if (!computes(run, &time))
        return;
    double wanted_s = time.cpu_s + delay_s(run);
    double most_s = cpus * time.wall_s;
    if (one_at_a_time(run) && most_s > time.wall_s)
        most_s = time.wall_s;
    if (wanted_s > most_s)
        wanted_s = most_s;
    if (time.cpu_s >= LEAST_GOT * wanted_s)
        return;
    const char *name = run->label ? run->label : run->name;
    char wanted[40];
    number_of(wanted, sizeof wanted, wanted_s / time.wall_s, 2, "processor");
    doubt(trust, again, "busy: %s got %.2f of %s; " LITTLE,
          strcmp(name, "serial") ? name : "a task alone",
          time.cpu_s / time.wall_s, wanted);
}

static const char give_more[] = "a larger quota is needed to compare times";

/* What took the processors away: a quota, or the hypervisor. */
static void judge_machine(struct trust *trust, const struct run *run,
                          double cpus)
{
    struct elapsed time = rounds_time(run);
    double stolen = (double)run->machine.stolen_ns / 1e9 / time.wall_s;
    double throttled = (double)run->machine.throttled_ns / 1e9 / time.wall_s;
    if (!computes(run, &time))
        return;
    if (cpus < 1)
        doubt(trust, give_more,
              "this container may use %.2g of a processor; " LITTLE, cpus);
    char quota[40];
    number_of(quota, sizeof quota, cpus, 3, "processor");
    if (throttled > MOST_THROTTLED)
        doubt(trust, give_more, "the quota of %s stopped this program; " LITTLE,
              quota);
    if (stolen > MOST_STOLEN)
        doubt(trust, again,
              "busy: other machines took %.2f of a processor; " LITTLE, stolen);
}

struct trust trust_of(struct run *const *runs, const struct ratio *ratio)
{
    struct trust trust = {.trusted = true};
    double cpus = processors();
    for (struct run *const *run = runs; *run; run++) {
        judge_machine(&trust, *run, cpus);
        judge_processors(&trust, *run, cpus);
    }
    if (ratio->rounds > 1 && ratio->each.most > MOST_SPREAD * ratio->each.least)
        doubt(&trust, again, "busy: the rounds differ (%.2f-%.2f); " LITTLE,
              ratio->each.least, ratio->each.most);
    return trust;
}
