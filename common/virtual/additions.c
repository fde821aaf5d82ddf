/* SPDX-License-Identifier: MIT */
#include "common/virtual/names.h"

#include "common/virtual/additions.h"

/* The additions up to the next checkpoint that matters, made; of at most `most`
 * that are left. A policy with a breaker that is always set counts checkpoints;
 * the others come when the breaker is set. */
static uint64_t add(uint64_t most, struct gil *gil)
{
    if (!gil->config.policy->breaks_always)
        return machine_add(most, &gil->eval_breaker);
    uint64_t left =
        gil->config.every > gil->passed ? gil->config.every - gil->passed : 1;
    uint64_t made = machine_add(left < most ? left : most, NULL);
    gil->passed += (unsigned)made - 1;
    return made;
}

static uint64_t sum(uint64_t from, uint64_t count)
{
    return count * from +
           (count % 2 ? (count - 1) / 2 * count : count / 2 * (count - 1));
}

uint64_t additions_python(uint64_t from, uint64_t to, struct gil_thread *me)
{
    uint64_t total = 0;
    while (from < to) {
        uint64_t made = add(to - from, me->gil);
        total += sum(from, made);
        from += made;
        gil_checkpoint(me);
    }
    return total;
}

enum {
    TRIED = 10000
};

struct trial {
    const struct gil_config *lock;
    int64_t took_ns;
};

static void *try_alone(void *with)
{
    struct trial *trial = with;
    struct gil gil;
    struct lane lane = {0};
    struct gil_thread me = {.gil = &gil, .lane = &lane};
    gil_init(&gil, trial->lock);
    gil_take(&me);
    additions_python(0, 1, &me); /* the take has its time, too */
    int64_t began_ns = wall_ns();
    additions_python(0, TRIED, &me);
    trial->took_ns = wall_ns() - began_ns;
    gil_drop(&me);
    gil_destroy(&gil);
    return NULL;
}

uint64_t additions_in(int64_t ns, const struct gil_config *lock,
                      const struct machine_config *config)
{
    struct trial trial = {.lock = lock};
    struct machine *machine = machine_new(config);
    machine_run(machine, try_alone, &trial);
    machine_free(machine);
    int64_t additions = ns * TRIED / trial.took_ns;
    return additions ? (uint64_t)additions : 1;
}
