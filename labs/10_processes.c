/* SPDX-License-Identifier: MIT
 *
 * What if each task has an interpreter of its own?
 *
 * The tasks of 05_gil_sim twice: in N processes, each with an interpreter lock
 * of its own, and in N threads under one lock. Python's multiprocessing works
 * the first way; so do interpreters with a lock each in one process (PEP 684).
 *
 * Predict: two tasks of a second each, how long do they take either way? And
 * CPU/wall? What does a process cost that a thread does not: to start, in
 * memory, and to send ten megabytes home (--payload 10M)? Python's processes
 * cost more: each has a whole interpreter, and pickles what it sends.
 *
 * The document has no figure for this: it is how people get past the lock.
 */
#include "common/base/portable.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/run/work.h"
#include "common/run/workers.h"

static const struct lab lab = {
    .name = "10_processes",
    .question = "What if each task has an interpreter of its own?",
    .options = OPTIONS_TASKS | OPTIONS_CPU,
};

/* As in 05_gil_sim: count under the lock that the task has been given. */
static void count(struct task *task)
{
    struct gil_thread *me = &task->python;
    gil_take(me);
    task->result = work_count_python(task->todo, &task->done, me);
    gil_drop(me);
}

/* The whole life of a worker process. Its memory is its own, so a lock made
 * here is one that no other task can see. */
static _Noreturn void work(struct workers *workers, struct task *task,
                           const struct gil_config *lock, uint64_t payload)
{
    struct gil gil;
    gil_init(&gil, lock);
    task->python = (struct gil_thread){.gil = &gil, .lane = &task->lane};
    worker_ready(workers);
    at_once_enter(workers->at_once);
    task_run(task, count);
    at_once_leave(workers->at_once);
    worker_send_task(workers, task);
    worker_send_bytes(workers, payload);
    worker_end(workers);
}

static void fork_all_then_read_all(struct run *run,
                                   const struct gil_config *lock,
                                   uint64_t payload)
{
    run->lock = lock->policy->name;
    struct workers workers;
    workers_open(&workers, run->tasks);
    run_clock(run);
    for (size_t i = 0; i < run->tasks; i++)
        if (worker_fork(&workers)) /* true in the new process */
            work(&workers, &run->task[i], lock, payload);
    for (size_t i = 0; i < run->tasks; i++)
        worker_await(&workers, i);
    for (size_t i = 0; i < run->tasks; i++)
        worker_go(&workers, i);
    for (size_t i; (i = workers_next(&workers)) < run->tasks;) {
        worker_receive_task(&workers, i, &run->task[i]);
        task_announce(&run->task[i]);
        worker_receive_bytes(&workers, i, payload);
        worker_done(&workers, i);
    }
    workers_close(&workers);
    run_end(run);
    workers_account(&workers, run);
}

static void start_all_then_join_all(struct run *run)
{
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++)
        task_start(&run->task[i], count);
    double started_s = stopwatch_read(&run->watch).wall_s;
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    run_end(run);
    double each_s = started_s / (double)run->tasks;
    screen_line("a thread was started in %.3f ms", each_s * 1e3);
    run_costs(run, each_s, peak_memory_bytes());
}

int main(int argc, char **argv)
{
    uint64_t payload = 0;
    struct option_row extra[] = {
        {"payload", 0, "BYTES", "what a worker sends back (default 0)",
         OPTION_BYTES, &payload, 0, INT64_MAX, NULL, false}};
    struct options options = lab_begin_with(&lab, extra, 1, argc, argv);
    uint64_t turns = work_turns(&options, &options.lock);
    struct run processes, threads;
    struct gil gil;

    screen_line("processes: each has a lock of its own");
    run_init(&processes, "processes", &options, turns);
    fork_all_then_read_all(&processes, &options.lock, payload);

    screen_line("\nthreads: one lock for all");
    gil_init(&gil, &options.lock);
    run_init(&threads, "threads", &options, turns);
    run_lock(&threads, &gil);
    start_all_then_join_all(&threads);
    gil_destroy(&gil);

    run_check(&processes, work_sum(turns));
    run_check(&threads, work_sum(turns));
    return report_finish(&(struct report){.lab = &lab,
                                          .options = &options,
                                          .count = turns,
                                          .run = {&processes, &threads}});
}
