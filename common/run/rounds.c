/* SPDX-License-Identifier: MIT */
#include "common/run/rounds.h"

#include <stdlib.h>

#include "common/base/fail.h"
#include "common/base/statistics.h"

/* What all rounds of one way measured, until its medians are taken. */
struct record {
    struct elapsed *task; /* of each task in each round */
    double figure[MAX_FIGURES][MOST_ROUNDS];
};

static struct round round_of(const struct run *run)
{
    return (struct round){.each_s = run_each_s(run), .time = run->time};
}

static void note(struct run *kept, struct record *record, const struct run *run)
{
    size_t n = kept->rounds++;
    kept->round[n] = round_of(run);
    for (size_t i = 0; i < kept->tasks; i++)
        record->task[n * kept->tasks + i] = run->task[i].time;
    for (size_t i = 0; i < kept->figures; i++)
        record->figure[i][n] = run->figure[i].value;
}

/* Add a later round to what is kept of the first one. */
static void add(struct run *kept, const struct run *run)
{
    unsigned most = at_once_most(&run->at_once);
    if (most > at_once_most(&kept->at_once))
        kept->at_once.most = most;
    kept->failed = 0;
    for (size_t i = 0; i < kept->tasks; i++) {
        spent_add(&kept->task[i].spent, &run->task[i].spent);
        if (run->task[i].error[0])
            task_fail(&kept->task[i], "%s", run->task[i].error);
        kept->failed += kept->task[i].error[0] != '\0';
    }
    kept->machine.busy_ns += run->machine.busy_ns;
    kept->machine.stolen_ns += run->machine.stolen_ns;
    kept->machine.throttled_ns += run->machine.throttled_ns;
}

static double median_of(const struct round *round, size_t rounds,
                        double (*value)(const struct round *round))
{
    double values[MOST_ROUNDS];
    for (size_t i = 0; i < rounds; i++)
        values[i] = value(&round[i]);
    return median(values, rounds);
}

static double wall_s(const struct round *round)
{
    return round->time.wall_s;
}

static double each_s(const struct round *round)
{
    return round->each_s;
}

static double cpu_s(const struct round *round)
{
    return round->time.cpu_s;
}

static void take_medians(struct run *run, struct record *record)
{
    double wall[MOST_ROUNDS], cpu[MOST_ROUNDS];
    size_t n = run->rounds;
    run->time.wall_s = median_of(run->round, n, wall_s);
    run->time.cpu_s = median_of(run->round, n, cpu_s);
    run->each_s = median_of(run->round, n, each_s);
    for (size_t i = 0; i < run->tasks; i++) {
        for (size_t r = 0; r < n; r++) {
            wall[r] = record->task[r * run->tasks + i].wall_s;
            cpu[r] = record->task[r * run->tasks + i].cpu_s;
        }
        run->task[i].time.wall_s = median(wall, n);
        run->task[i].time.cpu_s = median(cpu, n);
    }
    for (size_t i = 0; i < run->figures; i++)
        if (!run->figure[i].text && !run->figure[i].is_flag)
            run->figure[i].value = median(record->figure[i], n);
}

/* Where the rounds of one way go. */
static void keep(struct run *kept, struct record *record, struct run *run,
                 uint64_t rounds)
{
    if (run == kept) {
        kept->round = allocate(rounds, sizeof *kept->round);
        record->task = allocate(rounds * kept->tasks, sizeof *record->task);
        note(kept, record, kept);
    } else {
        note(kept, record, run);
        add(kept, run);
        run_free(run);
    }
}

void rounds_make(void (*make)(struct run *run, size_t way, const void *with),
                 const void *with, size_t ways, uint64_t rounds,
                 struct run *run)
{
    struct record *record = allocate(ways, sizeof *record);
    size_t failed = 0;
    for (uint64_t r = 0; r < rounds && !failed; r++) {
        round_began(r + 1, rounds);
        for (size_t n = 0; n < ways; n++) {
            size_t i = r % 2 ? ways - 1 - n : n;
            struct run later = {.tasks = 0};
            struct run *made = r == 0 ? &run[i] : &later;
            make(made, i, with);
            keep(&run[i], &record[i], made, rounds);
            failed += run[i].failed;
        }
    }
    round_began(0, rounds);
    for (size_t i = 0; i < ways; i++) {
        if (!failed)
            take_medians(&run[i], &record[i]);
        free(record[i].task);
    }
    free(record);
}

static void make_with(struct run *run, size_t way, const void *with)
{
    round_maker *const *ways = with;
    ways[way](run);
}

void rounds_run(round_maker *const *way, size_t ways, uint64_t rounds,
                struct run *run)
{
    rounds_make(make_with, way, ways, rounds, run);
}

struct elapsed rounds_time(const struct run *run)
{
    struct elapsed all = {0, 0};
    for (size_t i = 0; i < run->rounds; i++) {
        all.wall_s += run->round[i].time.wall_s;
        all.cpu_s += run->round[i].time.cpu_s;
    }
    return run->rounds ? all : run->time;
}

static struct spread spread_of(double *ratio, size_t rounds)
{
    struct spread spread = {.median = median(ratio, rounds)}; /* sorts them */
    spread.least = ratio[0];
    spread.most = ratio[rounds - 1];
    return spread;
}

struct ratio rounds_ratio(const struct run *over, const struct run *under)
{
    double each[MOST_ROUNDS], total[MOST_ROUNDS];
    size_t rounds = over->rounds < under->rounds ? over->rounds : under->rounds;
    if (over->failed || under->failed)
        return (struct ratio){.rounds = 0};
    struct round one[] = {round_of(over), round_of(under)};
    for (size_t i = 0; i < rounds || i == 0; i++) {
        const struct round *a = rounds ? &over->round[i] : &one[0];
        const struct round *b = rounds ? &under->round[i] : &one[1];
        each[i] = a->each_s / b->each_s;
        total[i] = a->time.wall_s / b->time.wall_s;
    }
    if (!rounds)
        rounds = 1;
    return (struct ratio){.each = spread_of(each, rounds),
                          .total = spread_of(total, rounds),
                          .rounds = rounds};
}
