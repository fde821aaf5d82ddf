/* SPDX-License-Identifier: MIT
 *
 * A run is N tasks, a thread each, started and joined by the lab itself: start
 * all and then join all, as the document's first launcher, or start and join
 * one after the other, as its second.
 *
 *     struct run run;
 *     run_init(&run, "threads", &options, turns);
 *     run_begin(&run);
 *     for (size_t i = 0; i < run.tasks; i++)
 *         task_start(&run.task[i], body);
 *     for (size_t i = 0; i < run.tasks; i++)
 *         task_join(&run.task[i]);
 *     run_end(&run);
 *
 * Started tasks wait at a gate until the first join, so that those meant to
 * run together do, and so that a thread that cannot be created leaves nothing
 * behind: those that wait are sent home and joined, and the program fails.
 */
#ifndef RUN_TASKS_H
#define RUN_TASKS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/at_once.h"
#include "common/base/lane.h"
#include "common/base/timing.h"
#include "common/gil/gil.h"
#include "common/lab/options.h"

struct run;

/* One task: what is set before its thread starts is read by it, what it sets
 * is read after the join. Only `done` and `todo` may be looked at meanwhile. */
struct task {
    struct run *run;
    unsigned number;       /* from 1, as people count */
    void *with;            /* the lab's own, if it has something */
    _Atomic uint64_t todo; /* turns or bytes; 0: not known */
    _Atomic uint64_t done; /* of todo */

    uint64_t result;     /* the sum, or the bytes: set by the body */
    char error[300];     /* why it failed, by task_fail(); "": it did not */
    struct elapsed time; /* of the body; CPU of its thread, -1: not known */
    struct lane lane;    /* what it did when */
    struct gil_thread python; /* its side of the lock, after run_lock() */

    pthread_t thread;
    void (*body)(struct task *task);
};

/* A figure that a run has beside the common ones: a field in its JSON, a
 * column of its table, or both. */
struct figure {
    const char *field;   /* NULL: not in the JSON */
    const char *heading; /* NULL: not in the table */
    int decimals;
    double value;
    const char *text; /* a word instead of the number; NULL: none */
    bool is_flag;     /* value is 1 or 0: true or false, yes or no */
};

enum {
    MAX_FIGURES = 16
};

/* Where started tasks wait until all have been started. */
enum gate {
    GATE_SHUT,
    GATE_OPEN,
    GATE_GO_HOME,
};

struct run {
    const char *name;  /* serial, threads, held, released, ... */
    const char *label; /* what people see instead; NULL: the name */
    struct gil *gil;   /* the lock its tasks take; NULL: none in the game */
    const char *lock;  /* that lock's policy */
    size_t tasks;
    struct task *task;
    struct at_once at_once; /* entered and left by the bodies */
    struct elapsed time;    /* from run_begin to run_end; CPU of the process */
    double startup_s;       /* until all were under way, if the lab says so */
    size_t failed;          /* tasks, known after run_end */
    struct figure figure[MAX_FIGURES];
    size_t figures;

    struct stopwatch watch;
    int64_t began_ns;
    pthread_mutex_t mutex; /* guards gate */
    pthread_cond_t changed;
    enum gate gate;
};

/* options->tasks tasks, each with `todo` turns or bytes ahead (0: not known).
 * `name` must outlive the run. With GIL_LABS_RECORD=0 in the environment their
 * lanes record nothing: `make bench` shows so what recording costs. */
void run_init(struct run *run, const char *name, const struct options *options,
              uint64_t todo);
void run_free(struct run *run);

/* Let the tasks share `gil`, which outlives the run's tasks: run_end() asks it
 * for the hand-offs, and for the at-once unless the bodies have counted it. */
void run_lock(struct run *run, struct gil *gil);

/* Start and stop the clocks and the progress. */
void run_begin(struct run *run);

/* Start the clocks alone, for a run that forks: progress is a thread. */
void run_clock(struct run *run);

void run_end(struct run *run);

/* Start the task's thread. Fails, with nothing left running, if it cannot. */
void task_start(struct task *task, void (*body)(struct task *task));
void task_join(struct task *task);

/* What a task's thread does, for those that run a task without one: the body
 * with the clocks running, and the line that tells its end. */
void task_run(struct task *task, void (*body)(struct task *task));
void task_announce(const struct task *task);

/* For a body: why the task failed. The first reason stands. */
__attribute__((format(printf, 2, 3))) void task_fail(struct task *task,
                                                     const char *format, ...);

/* Check every task's sum against `expected`; a wrong one failed. */
void run_check(struct run *run, uint64_t expected);

/* The mean wall time of the tasks that did not fail, in seconds; 0 for none. */
double run_each_s(const struct run *run);

/* Add a figure: a number, a word, a yes or no. The texts must outlive the run.
 */
void run_figure(struct run *run, const char *field, const char *heading,
                int decimals, double value);
void run_text(struct run *run, const char *field, const char *heading,
              const char *text);
void run_flag(struct run *run, const char *field, const char *heading,
              bool value);

/* Add what it costs to have the run's tasks: startup_s, and peak_rss_bytes, in
 * the table as MiB. */
void run_costs(struct run *run, double startup_s, uint64_t peak_bytes);

#endif
