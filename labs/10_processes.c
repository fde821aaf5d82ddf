/* SPDX-License-Identifier: MIT
 *
 * What if each task has an interpreter of its own?
 *
 * The tasks of 05_gil_sim twice. First they run in N processes, each with an
 * interpreter lock of its own, then in N threads under one lock. Python's
 * multiprocessing works the first way. So do several interpreters in one
 * process, each with its own lock (PEP 684).
 *
 * Predict: how long do two tasks of a second each take either way? What does
 * CPU/wall say? What does a process cost that a thread does not: to start, in
 * memory, and to send ten megabytes back (--payload 10M)? Python's processes
 * cost more: each has a whole interpreter, and pickles what it sends.
 *
 * The blog post has no figure for this. It is how people get past the lock.
 */
#include <inttypes.h>

#include "common/base/portable.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/run/count.h"
#include "common/run/workers.h"

static const struct lab lab = {
    .name = "10_processes",
    .question = "What if each task has an interpreter of its own?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_ROUNDS,
};

static struct options options;
static uint64_t additions;
static uint64_t payload; /* bytes that a worker sends back */

static struct option_row rows[] = {
    {.name = "payload",
     .value = "BYTES",
     .help = "what a worker sends back (default 0)",
     .kind = OPTION_BYTES,
     .into = &payload,
     .high = INT64_MAX},
};

/* As in 05_gil_sim: count under the lock that the task has been given. */
static void count(struct task *task)
{
    struct gil_thread *me = &task->gil_thread;
    gil_take(me);
    task->result = count_with_checkpoints(task->todo, &task->done, me);
    gil_drop(me);
}

/* The whole life of a worker process. Its memory is its own, so a lock made
 * here is one that no other task can see. */
static _Noreturn void work(struct workers *workers, struct task *task,
                           const struct gil_config *lock)
{
    struct gil gil;
    gil_init(&gil, lock);
    task->gil_thread = (struct gil_thread){.gil = &gil, .lane = &task->lane};
    worker_ready(workers);
    at_once_enter(workers->at_once);
    task_run(task, count);
    at_once_leave(workers->at_once);
    worker_send_task(workers, task);
    worker_send_bytes(workers, payload);
    worker_end(workers);
}

static void fork_all_then_read_all(struct workers *workers, struct run *run,
                                   const struct gil_config *lock)
{
    for (size_t i = 0; i < run->tasks; i++)
        if (worker_fork(workers)) /* true in the new process */
            work(workers, &run->task[i], lock);
    for (size_t i = 0; i < run->tasks; i++)
        worker_await(workers, i);
    for (size_t i = 0; i < run->tasks; i++)
        worker_go(workers, i);
    for (size_t i; (i = workers_next(workers)) < run->tasks;) {
        worker_receive_task(workers, i, &run->task[i]);
        task_ended(&run->task[i]);
        worker_receive_bytes(workers, i, payload);
        worker_done(workers, i);
    }
}

static void processes(struct run *run)
{
    struct workers workers;
    screen_line("processes: each has a lock of its own");
    run_init(run, "processes", options.tasks, additions);
    run->lock = options.lock.policy->name;
    workers_open(&workers, run->tasks);
    run_clock(run);
    fork_all_then_read_all(&workers, run, &options.lock);
    workers_close(&workers);
    run_end(run);
    run_check(run, count_sum(additions));
    workers_account(&workers, run);
    screen_line("a worker was ready %.3f ms after the fork",
                workers.startup_s * 1e3);
    if (payload)
        screen_line("%" PRIu64 " bytes sent back in %.3f ms: %.0f MB/s",
                    workers.payload_bytes, workers.payload_s * 1e3,
                    (double)workers.payload_bytes / workers.payload_s / 1e6);
}

static void threads(struct run *run)
{
    struct gil gil;
    screen_line("\nthreads: one lock for all");
    gil_init(&gil, &options.lock);
    run_init(run, "threads", options.tasks, additions);
    run_use_lock(run, &gil);
    run_begin(run);
    run_all(run, count, NULL);
    run_end(run);
    run_check(run, count_sum(additions));
    double each_s = run->startup_s / (double)run->tasks;
    run_costs(run, each_s, peak_memory_bytes());
    screen_line("a thread was started in %.3f ms", each_s * 1e3);
    gil_destroy(&gil);
}

int main(int argc, char **argv)
{
    struct run run[2];
    options = lab_begin_with(&lab, rows, 1, argc, argv);
    additions = lab_additions(&options, &options.lock);
    rounds_run((round_maker *const[]){processes, threads}, 2, options.rounds,
               run);
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = additions,
                                          .run = {&run[0], &run[1]},
                                          .over = &run[1],
                                          .under = &run[0]});
}
