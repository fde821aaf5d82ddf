/* SPDX-License-Identifier: MIT
 *
 * Engines run the same kind of tasks: the real CPython is one, our simulation
 * another. What is compared is each engine's ratio of threads to serial.
 */
#ifndef PYTHON_ENGINES_H
#define PYTHON_ENGINES_H

#include "common/gil/gil.h"
#include "common/run/rounds.h"

struct engine {
    const char *name;    /* the field "engine" of its runs */
    const char *version; /* and "version"; NULL: none */
    void (*body)(struct task *task);
    const struct gil_config *lock; /* NULL: it has its own, or none */
    uint64_t additions;            /* of a task in a round */
};

/* The blog post's two launchers. */
enum launcher {
    LAUNCH_TOGETHER,   /* start all, then join all */
    LAUNCH_ONE_BY_ONE, /* start, join, start, join */
};

/* A run of so many tasks on an engine, each with `with`; their sums are
 * checked. */
void engine_run(const struct engine *engine, struct run *run, const char *name,
                enum launcher launcher, uint64_t tasks, void *with);

/* Compare two engines' ratios, from the threads and the serial run of each, and
 * print them. Adds figures: ratio_each, ratio_total and pairs (the rounds) to
 * each threads run; agree_each and agree_total, the second engine's over the
 * first's, to the second one. Nothing if a task failed. */
void engines_compare(struct run *first_threads, const struct run *first_serial,
                     struct run *second_threads,
                     const struct run *second_serial);

#endif
