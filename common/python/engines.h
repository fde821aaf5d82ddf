/* SPDX-License-Identifier: MIT
 *
 * Two engines beside each other: the same kind of tasks, run by one and by the
 * other, taking turns, because a machine's speed changes from one moment to the
 * next. What is compared is each engine's ratio of threads to serial, in the
 * medians of all pairs.
 */
#ifndef PYTHON_ENGINES_H
#define PYTHON_ENGINES_H

#include "common/gil/gil.h"
#include "common/lab/options.h"
#include "common/run/tasks.h"

/* What runs tasks; all but the last three are set beforehand. */
struct engine {
    const char *name;    /* the field "engine" of its runs */
    const char *version; /* and "version"; NULL: none */
    void (*body)(struct task *task);
    void *with;                    /* task->with */
    uint64_t additions;            /* of a task */
    const struct gil_config *lock; /* NULL: it has its own, or none */

    struct run threads; /* of the last pair */
    struct run serial;
    struct ratio ratio; /* threads / serial, medians of all pairs */
};

/* The document's two launchers. */
enum launcher {
    LAUNCH_TOGETHER,   /* start all, then join all */
    LAUNCH_ONE_BY_ONE, /* start, join, start, join */
};

/* --pairs N, from 1 to 100, with what `pairs` holds as the default. */
struct option_row pairs_option(uint64_t *pairs);

/* One run of the engine's tasks, their sums checked. */
void engine_run(const struct engine *engine, struct run *run, const char *name,
                enum launcher launcher, const struct options *options);

/* Let both engines run their threads and then serial, `pairs` times, who is
 * first changing. Stops after a pair in which a task failed. Each `threads`
 * gets the medians as figures, ratio_each, ratio_total and pairs, and the
 * second engine's also agree_each and agree_total: its medians over the
 * first's. */
void pairs_run(struct engine engine[2], uint64_t pairs,
               const struct options *options);

/* Print both engines' ratios, and the ratio of these. */
void pairs_print(const struct engine engine[2]);

#endif
