/* SPDX-License-Identifier: MIT
 *
 * A run is N tasks. Each task is a thread. The lab starts and joins them: it
 * starts all and then joins all, as the blog post's first launcher does, or it
 * starts and joins one after the other, as the second does.
 *
 *     struct run run;
 *     run_init(&run, "threads", 2, additions);
 *     run_begin(&run);
 *     for (size_t i = 0; i < run.tasks; i++)
 *         task_start(&run.task[i], body);
 *     for (size_t i = 0; i < run.tasks; i++)
 *         task_join(&run.task[i]);
 *     run_end(&run);
 *
 * A started task waits at a gate until the first call of task_join(). So tasks
 * that should overlap do overlap. And if a thread cannot be created, the
 * waiting ones are told to return and are joined before the program fails.
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
#include "common/base/portable.h"
#include "common/base/timing.h"
#include "common/gil/gil.h"
#include "common/run/spent.h"

struct run;

/* One task. Its thread reads what was set before it started; the others read
 * what it set after the join. Only `done` and `todo` may be read meanwhile. */
struct task {
    struct run *run;
    unsigned number;       /* from 1, as people count */
    void *with;            /* the lab's own data for the body */
    _Atomic uint64_t todo; /* additions or bytes; 0: not known */
    _Atomic uint64_t done; /* of todo */

    uint64_t result;     /* the sum, or the bytes: set by the body */
    char error[512];     /* why it failed, by task_fail(); "": it did not */
    struct elapsed time; /* of the body; CPU of its thread, -1: not known */
    struct lane lane;    /* what it did when */
    struct spent spent;  /* and for how long in all */
    struct gil_thread
        gil_thread; /* its side of the lock, after run_use_lock() */

    pthread_t thread;
    void (*body)(struct task *task);
};

/* A figure that only some runs have: a field in its JSON, a column of its
 * table, or both. */
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
    GATE_RETURN, /* without running the body */
};

/* What one of several rounds measured (rounds.h). */
struct round {
    double each_s; /* as run_each_s() */
    struct elapsed time;
};

struct run {
    const char *name;  /* serial, threads, held, released, ... */
    const char *label; /* what people see instead; NULL: the name */
    struct gil *gil;   /* the lock that its tasks take; NULL: they take none */
    const char *lock;  /* that lock's policy */
    size_t tasks;
    struct task *task;
    struct at_once at_once; /* entered and left by the bodies */
    struct elapsed time;    /* from run_begin to run_end; CPU of the process */
    double startup_s;       /* until all were started; 0: not noted */
    size_t failed;          /* tasks, known after run_end */
    struct figure figure[MAX_FIGURES];
    size_t figures;
    struct round *round; /* each of them, if there were several */
    size_t rounds;
    double each_s;                /* their median */
    struct machine_times machine; /* of the whole machine meanwhile */

    struct stopwatch watch;
    int64_t began_ns;
    pthread_mutex_t mutex; /* guards gate */
    pthread_cond_t changed;
    enum gate gate;
};

/* Told what happens in a run, by the thread in which it happens. */
struct run_listener {
    void (*run_began)(const struct run *run);
    void (*task_ended)(const struct task *task);
    void (*run_ended)(const struct run *run);
    void (*cut_short)(void); /* this process ends now */

    /* Round `number` of `rounds` begins; number 0: all have ended. */
    void (*round_began)(uint64_t number, uint64_t rounds);
};

/* Who is told, of all runs from now on; at first nobody. */
void run_listen(const struct run_listener *listener);

/* So many tasks, each with `todo` additions or bytes ahead (0: not known).
 * `name` must outlive the run. With GIL_LABS_RECORD=0 in the environment their
 * lanes record nothing: `make bench` measures in this way what recording costs.
 */
void run_init(struct run *run, const char *name, uint64_t tasks, uint64_t todo);
void run_free(struct run *run);

/* Tell the listener. */
void run_cut_short(void);
void round_began(uint64_t number, uint64_t rounds);

/* Let the tasks share `gil`, which outlives the run's tasks: run_end() asks it
 * for the hand-offs, and for the at-once unless the bodies have counted it. */
void run_use_lock(struct run *run, struct gil *gil);

/* Start and stop the clocks, and tell the listener. */
void run_begin(struct run *run);
void run_end(struct run *run);

/* Start the clocks alone, for a run that forks: a listener may start threads.
 */
void run_clock(struct run *run);

/* Start the task's thread. Fails, with nothing left running, if it cannot. */
void task_start(struct task *task, void (*body)(struct task *task));
void task_join(struct task *task);

/* Start all tasks, each with `with`, and join all. Notes the run's startup_s.
 */
void run_all(struct run *run, void (*body)(struct task *task), void *with);

/* Start and join each task, one by one, each with `with`. */
void run_one_by_one(struct run *run, void (*body)(struct task *task),
                    void *with);

/* What a task's thread does, for a task that has none: run the body with the
 * clocks on; tell the listener that the task has ended. */
void task_run(struct task *task, void (*body)(struct task *task));
void task_ended(const struct task *task);

/* For a body: why the task failed. The first reason stands. */
__attribute__((format(printf, 2, 3))) void task_fail(struct task *task,
                                                     const char *format, ...);

/* Check every task's sum against `expected`; a wrong one failed. */
void run_check(struct run *run, uint64_t expected);

/* The mean wall time of the tasks that did not fail, in seconds; 0 for none. Of
 * several rounds the median. */
double run_each_s(const struct run *run);

/* Add a figure: a number, a word, a yes or no. The texts must outlive the run.
 */
void run_figure(struct run *run, const char *field, const char *heading,
                int decimals, double value);
void run_text(struct run *run, const char *field, const char *heading,
              const char *text);
void run_flag(struct run *run, const char *field, const char *heading,
              bool value);

/* The number of a figure; 0 if the run has none with this field. */
double run_value(const struct run *run, const char *field);

/* Add what it costs to have the run's tasks: startup_s, and peak_rss_bytes, in
 * the table as MiB. */
void run_costs(struct run *run, double startup_s, uint64_t peak_bytes);

#endif
