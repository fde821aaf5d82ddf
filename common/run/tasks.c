/* SPDX-License-Identifier: MIT */
#include "common/run/tasks.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/portable.h"

enum {
    STACK_BYTES = 512 * 1024, /* musl's 128 KiB are tight for a TLS download */
    SLICES = 8192,            /* of a lane: 40 s of hand-offs at 5 ms */
    ALL_SLICES = 2 * SLICES,  /* of all: hand-offs do not grow with them */
    FEW_SLICES = 8,           /* of a lane, however many there are */
};

/* How many slices each lane can hold. */
static size_t slices_of(size_t tasks)
{
    const char *record = getenv("GIL_LABS_RECORD");
    if (record && strcmp(record, "0") == 0)
        return 0;
    size_t slices = ALL_SLICES / tasks;
    if (slices > SLICES)
        slices = SLICES;
    return slices < FEW_SLICES ? FEW_SLICES : slices;
}

static const struct run_listener nobody;
static const struct run_listener *listener = &nobody;

void run_listen(const struct run_listener *new_listener)
{
    listener = new_listener;
}

void run_cut_short(void)
{
    if (listener->cut_short)
        listener->cut_short();
}

void round_began(uint64_t number, uint64_t rounds)
{
    if (listener->round_began)
        listener->round_began(number, rounds);
}

void run_init(struct run *run, const char *name, uint64_t tasks, uint64_t todo)
{
    *run = (struct run){.name = name, .tasks = (size_t)tasks};
    pthread_mutex_init(&run->mutex, NULL);
    pthread_cond_init(&run->changed, NULL);
    run->task = allocate(run->tasks, sizeof *run->task);
    size_t slices = slices_of(run->tasks);
    for (size_t i = 0; i < run->tasks; i++) {
        struct task *task = &run->task[i];
        task->run = run;
        task->number = (unsigned)i + 1;
        atomic_init(&task->todo, todo);
        lane_init(&task->lane, slices);
    }
}

void run_use_lock(struct run *run, struct gil *gil)
{
    run->gil = gil;
    run->lock = gil->config.policy->name;
    for (size_t i = 0; i < run->tasks; i++)
        run->task[i].gil_thread =
            (struct gil_thread){.gil = gil, .lane = &run->task[i].lane};
}

void run_free(struct run *run)
{
    for (size_t i = 0; i < run->tasks; i++)
        lane_free(&run->task[i].lane);
    free(run->round);
    free(run->task);
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->mutex);
}

void run_begin(struct run *run)
{
    if (listener->run_began)
        listener->run_began(run);
    run_clock(run);
}

void run_clock(struct run *run)
{
    run->machine = machine_times();
    run->watch = stopwatch_start(CLOCK_PROCESS_CPUTIME_ID);
    run->began_ns = run->watch.wall_ns;
}

static void ask_lock(struct run *run)
{
    if (!at_once_most(&run->at_once))
        run->at_once.most = at_once_most(&run->gil->holders);
    if (!run->gil->config.policy->excludes)
        return;
    double handoffs = (double)run->gil->handoffs;
    run_figure(run, "handoffs", NULL, 0, handoffs);
    if (run->gil->config.policy->asks)
        run_figure(run, "requests", NULL, 0, (double)run->gil->requests);
    run_figure(run, "handoffs_per_s", "hand-offs/s", 0,
               handoffs / run->time.wall_s);
}

void run_end(struct run *run)
{
    run->time = stopwatch_read(&run->watch);
    struct machine_times now = machine_times();
    run->machine = (struct machine_times){
        .busy_ns = now.busy_ns - run->machine.busy_ns,
        .stolen_ns = now.stolen_ns - run->machine.stolen_ns,
        .throttled_ns = now.throttled_ns - run->machine.throttled_ns};
    for (size_t i = 0; i < run->tasks; i++)
        run->failed += run->task[i].error[0] != '\0';
    if (run->gil)
        ask_lock(run);
    if (listener->run_ended)
        listener->run_ended(run);
}

static void set_gate(struct run *run, enum gate gate)
{
    pthread_mutex_lock(&run->mutex);
    run->gate = gate;
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->mutex);
}

static bool pass_gate(struct run *run)
{
    pthread_mutex_lock(&run->mutex);
    while (run->gate == GATE_SHUT)
        pthread_cond_wait(&run->changed, &run->mutex);
    bool open = run->gate == GATE_OPEN;
    pthread_mutex_unlock(&run->mutex);
    return open;
}

void task_ended(const struct task *task)
{
    if (listener->task_ended)
        listener->task_ended(task);
}

void task_run(struct task *task, void (*body)(struct task *task))
{
    bool records = task->lane.capacity > 0;
    int64_t delay_ns = records ? run_delay_ns() : 0;
    struct stopwatch watch = stopwatch_start(CLOCK_THREAD_CPUTIME_ID);
    body(task);
    task->time = stopwatch_read(&watch);
    if (!records)
        return;
    delay_ns = run_delay_ns() - delay_ns;
    int64_t ended_ns = wall_ns();
    if (!task->lane.slices) /* nothing else noted: it ran all the time */
        lane_add(&task->lane, LANE_RUNS, watch.wall_ns, ended_ns);
    task->spent = spent_of(&task->lane, watch.wall_ns, ended_ns, delay_ns,
                           (int64_t)(task->time.cpu_s * 1e9));
}

static void *thread_main(void *argument)
{
    struct task *task = argument;
    if (!pass_gate(task->run))
        return NULL;
    task_run(task, task->body);
    task_ended(task);
    return NULL;
}

void task_start(struct task *task, void (*body)(struct task *task))
{
    struct run *run = task->run;
    task->body = body;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int error = pthread_create(&task->thread, &attributes, thread_main, task);
    pthread_attr_destroy(&attributes);
    if (!error)
        return;
    set_gate(run, GATE_RETURN);
    for (size_t i = 0; i < run->tasks; i++)
        if (run->task[i].body && &run->task[i] != task)
            pthread_join(run->task[i].thread, NULL);
    fail("cannot start thread %u of %zu: %s", task->number, run->tasks,
         why_no_process(error));
}

void task_join(struct task *task)
{
    if (task->run->gate == GATE_SHUT)
        set_gate(task->run, GATE_OPEN);
    pthread_join(task->thread, NULL);
    task->body = NULL;
}

void run_all(struct run *run, void (*body)(struct task *task), void *with)
{
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = with;
        task_start(&run->task[i], body);
    }
    run->startup_s = stopwatch_read(&run->watch).wall_s;
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
}

void run_one_by_one(struct run *run, void (*body)(struct task *task),
                    void *with)
{
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = with;
        task_start(&run->task[i], body);
        task_join(&run->task[i]);
    }
}

void task_fail(struct task *task, const char *format, ...)
{
    if (task->error[0])
        return;
    va_list args;
    va_start(args, format);
    format_cut(task->error, sizeof task->error, format, args);
    va_end(args);
}

void run_check(struct run *run, uint64_t expected)
{
    for (size_t i = 0; i < run->tasks; i++) {
        struct task *task = &run->task[i];
        if (task->error[0] || task->result == expected)
            continue;
        task_fail(task, "the sum is %" PRIu64 ", not %" PRIu64, task->result,
                  expected);
        run->failed++;
    }
}

double run_each_s(const struct run *run)
{
    if (run->each_s > 0)
        return run->each_s;
    double sum = 0;
    for (size_t i = 0; i < run->tasks; i++)
        if (!run->task[i].error[0])
            sum += run->task[i].time.wall_s;
    size_t done = run->tasks - run->failed;
    return done ? sum / (double)done : 0;
}

static void add_figure(struct run *run, struct figure figure)
{
    if (run->figures == MAX_FIGURES)
        fail("a run has more than %d figures", MAX_FIGURES);
    run->figure[run->figures++] = figure;
}

void run_figure(struct run *run, const char *field, const char *heading,
                int decimals, double value)
{
    add_figure(run, (struct figure){.field = field,
                                    .heading = heading,
                                    .decimals = decimals,
                                    .value = value});
}

void run_text(struct run *run, const char *field, const char *heading,
              const char *text)
{
    add_figure(
        run, (struct figure){.field = field, .heading = heading, .text = text});
}

void run_flag(struct run *run, const char *field, const char *heading,
              bool value)
{
    add_figure(run, (struct figure){.field = field,
                                    .heading = heading,
                                    .value = value,
                                    .is_flag = true});
}

double run_value(const struct run *run, const char *field)
{
    for (size_t i = 0; i < run->figures; i++)
        if (run->figure[i].field && strcmp(run->figure[i].field, field) == 0)
            return run->figure[i].value;
    return 0;
}

void run_costs(struct run *run, double startup_s, uint64_t peak_bytes)
{
    run_figure(run, "startup_s", NULL, 9, startup_s);
    run_figure(run, "peak_rss_bytes", NULL, 0, (double)peak_bytes);
    run_figure(run, NULL, "peak MiB", 1, (double)peak_bytes / (1 << 20));
}
