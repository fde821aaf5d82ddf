/* SPDX-License-Identifier: MIT */
#include "common/run/workers.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"

enum {
    BLOCK_BYTES = 64 * 1024,
    STATUS_NO_WATCHER = 3, /* a worker's, for the lab to tell */
};

/* What a task has to tell; the slices of its lane follow. */
struct task_message {
    struct elapsed time;
    struct spent spent;
    uint64_t result;
    uint64_t slices;
    uint64_t lost;
    char error[sizeof((struct task *)NULL)->error];
};

/* What a run has to tell; its tasks follow. */
struct run_message {
    struct elapsed time;
    double startup_s;
    int64_t began_ns;
    uint64_t at_once;
};

/* CPU seconds of all children that have been waited for. */
static double children_cpu_s(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

void workers_open(struct workers *workers, size_t room)
{
    allow_descriptors(2 * room + 64, room, "worker processes");
    *workers = (struct workers){
        .room = room,
        .worker = allocate(room, sizeof *workers->worker),
        .at_once = shared_memory(sizeof *workers->at_once),
        .cpu_s = -children_cpu_s(),
    };
    if (!workers->at_once)
        fail("no memory to share with worker processes: %s", strerror(errno));
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take their status away */
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
        ;
    return status;
}

static void end_all(struct workers *workers)
{
    for (size_t i = 0; i < workers->forked; i++)
        if (workers->worker[i].pid)
            kill(workers->worker[i].pid, SIGKILL);
    for (size_t i = 0; i < workers->forked; i++)
        if (workers->worker[i].pid)
            wait_for(workers->worker[i].pid);
}

/* Worker i has ended with this status, and should not have. */
static _Noreturn void ended_early(struct workers *workers, size_t i, int status)
{
    workers->worker[i].pid = 0;
    end_all(workers);
    if (WIFSIGNALED(status))
        fail("worker %zu was killed by signal %d", i + 1, WTERMSIG(status));
    if (WEXITSTATUS(status) == STATUS_NO_WATCHER)
        fail("worker %zu cannot start a thread", i + 1);
    if (WEXITSTATUS(status) == 0)
        fail("worker %zu ended without a result", i + 1);
    exit(STATUS_FAILED); /* it has said why */
}

static void read_from(struct workers *workers, size_t i, void *into,
                      size_t bytes)
{
    struct worker *worker = &workers->worker[i];
    char *next = into;
    while (bytes > 0) {
        ssize_t got = read(worker->from, next, bytes);
        if (got > 0) {
            next += got;
            bytes -= (size_t)got;
        } else if (got == 0 || errno != EINTR) {
            ended_early(workers, i, wait_for(worker->pid));
        }
    }
}

/* In a worker. Without a lab there is nobody to tell. */
static void write_out(struct workers *workers, const void *from, size_t bytes)
{
    const char *next = from;
    while (bytes > 0) {
        ssize_t put = write(workers->out, next, bytes);
        if (put >= 0) {
            next += put;
            bytes -= (size_t)put;
        } else if (errno != EINTR) {
            _exit(STATUS_FAILED);
        }
    }
}

/* Ctrl-C goes to all processes of a terminal; it is the lab's to answer, and a
 * worker sees the lab's end. */
static void become_worker(struct workers *workers, int in, int out)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    for (size_t i = 0; i < workers->forked; i++) {
        close(workers->worker[i].to);
        close(workers->worker[i].from);
    }
    workers->in = in;
    workers->out = out;
}

static _Noreturn void cannot_start(struct workers *workers, int error)
{
    end_all(workers);
    fail("cannot start worker %zu of %zu: %s", workers->forked + 1,
         workers->room, strerror(error));
}

bool worker_fork(struct workers *workers)
{
    struct worker *worker = &workers->worker[workers->forked];
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        cannot_start(workers, errno);
    fflush(NULL); /* or both processes would print what is waiting */
    worker->forked_ns = wall_ns();
    worker->pid = fork();
    if (worker->pid == -1)
        cannot_start(workers, errno);
    if (worker->pid == 0) {
        close(to[1]);
        close(from[0]);
        become_worker(workers, to[0], from[1]);
        return true;
    }
    close(to[0]);
    close(from[1]);
    worker->to = to[1];
    worker->from = from[0];
    workers->forked++;
    return false;
}

/* In a worker: wait for a byte from the lab; there is none at its end. */
static void wait_for_lab(int in)
{
    char byte;
    ssize_t got;
    do
        got = read(in, &byte, 1);
    while (got == -1 && errno == EINTR);
    if (got == 1)
        return;
    run_cut_short();
    _exit(STATUS_FAILED);
}

/* A worker that counts reads no pipe, so a thread does that: it sleeps until
 * the lab has gone, or has received everything. */
static void *watch_lab(void *argument)
{
    wait_for_lab(*(const int *)argument);
    return NULL;
}

void worker_ready(struct workers *workers)
{
    int64_t ready_ns = wall_ns();
    write_out(workers, &ready_ns, sizeof ready_ns);
    wait_for_lab(workers->in);
    if (pthread_create(&workers->watcher, NULL, watch_lab, &workers->in) != 0)
        _exit(STATUS_NO_WATCHER); /* every worker might say the same */
}

void worker_send_task(struct workers *workers, const struct task *task)
{
    struct task_message message = {
        .time = task->time,
        .spent = task->spent,
        .result = task->result,
        .slices = task->lane.slices,
        .lost = task->lane.lost,
    };
    memcpy(message.error, task->error, sizeof message.error);
    write_out(workers, &message, sizeof message);
    write_out(workers, task->lane.slice,
              task->lane.slices * sizeof *task->lane.slice);
}

void worker_send_run(struct workers *workers, const struct run *run)
{
    struct run_message message = {
        .time = run->time,
        .startup_s = run->startup_s,
        .began_ns = run->began_ns,
        .at_once = at_once_most(&run->at_once),
    };
    write_out(workers, &message, sizeof message);
    for (size_t i = 0; i < run->tasks; i++)
        worker_send_task(workers, &run->task[i]);
}

void worker_send_bytes(struct workers *workers, uint64_t bytes)
{
    static const char block[BLOCK_BYTES];
    for (; bytes > BLOCK_BYTES; bytes -= BLOCK_BYTES)
        write_out(workers, block, BLOCK_BYTES);
    write_out(workers, block, (size_t)bytes);
}

void worker_end(struct workers *workers)
{
    uint64_t peak_bytes = peak_memory_bytes();
    write_out(workers, &peak_bytes, sizeof peak_bytes);
    pthread_join(workers->watcher, NULL);
    fflush(NULL); /* what is lost there, the lab loses too, and says so */
    _exit(0);
}

void worker_await(struct workers *workers, size_t i)
{
    int64_t ready_ns;
    read_from(workers, i, &ready_ns, sizeof ready_ns);
    struct worker *worker = &workers->worker[i];
    worker->startup_s = (double)(ready_ns - worker->forked_ns) / 1e9;
}

/* Where the worker has gone, reading from it will tell. */
void worker_go(struct workers *workers, size_t i)
{
    while (write(workers->worker[i].to, "", 1) == -1 && errno == EINTR)
        ;
}

size_t workers_next(struct workers *workers)
{
    size_t next = workers->room;
    struct pollfd *wait = allocate(workers->forked, sizeof *wait);
    size_t left = 0;
    for (size_t i = 0; i < workers->forked; i++) {
        wait[i] = (struct pollfd){workers->worker[i].from, POLLIN, 0};
        left += wait[i].fd != -1;
    }
    while (left > 0 && next == workers->room) {
        if (poll(wait, (nfds_t)workers->forked, -1) == -1 && errno != EINTR)
            fail("cannot wait for worker processes: %s", strerror(errno));
        for (size_t i = workers->forked; i-- > 0;)
            if (wait[i].revents)
                next = i;
    }
    free(wait);
    return next;
}

void worker_receive_task(struct workers *workers, size_t i, struct task *task)
{
    struct task_message message;
    read_from(workers, i, &message, sizeof message);
    task->time = message.time;
    task->spent = message.spent;
    task->result = message.result;
    task->lane.slices = (size_t)message.slices;
    task->lane.lost = message.lost;
    memcpy(task->error, message.error, sizeof task->error);
    read_from(workers, i, task->lane.slice,
              task->lane.slices * sizeof *task->lane.slice);
}

void worker_receive_run(struct workers *workers, size_t i, struct run *run)
{
    struct run_message message;
    read_from(workers, i, &message, sizeof message);
    run->time = message.time;
    run->startup_s = message.startup_s;
    run->began_ns = message.began_ns;
    run->at_once.most = (unsigned)message.at_once;
    for (size_t task = 0; task < run->tasks; task++) {
        worker_receive_task(workers, i, &run->task[task]);
        run->failed += run->task[task].error[0] != '\0';
    }
}

void worker_receive_bytes(struct workers *workers, size_t i, uint64_t bytes)
{
    static char block[BLOCK_BYTES]; /* too large for a small stack */
    int64_t began_ns = wall_ns();
    workers->payload_bytes += bytes;
    for (; bytes > BLOCK_BYTES; bytes -= BLOCK_BYTES)
        read_from(workers, i, block, BLOCK_BYTES);
    read_from(workers, i, block, (size_t)bytes);
    workers->payload_s += (double)(wall_ns() - began_ns) / 1e9;
}

void worker_done(struct workers *workers, size_t i)
{
    struct worker *worker = &workers->worker[i];
    read_from(workers, i, &worker->peak_bytes, sizeof worker->peak_bytes);
    worker_go(workers, i);
    close(worker->from);
    worker->from = -1;
}

void workers_close(struct workers *workers)
{
    for (size_t i = 0; i < workers->forked; i++) {
        struct worker *worker = &workers->worker[i];
        int status = wait_for(worker->pid);
        if (status)
            ended_early(workers, i, status);
        worker->pid = 0;
        close(worker->to);
    }
    workers->cpu_s += children_cpu_s();
    for (size_t i = 0; i < workers->forked; i++) {
        const struct worker *worker = &workers->worker[i];
        workers->startup_s += worker->startup_s / (double)workers->forked;
        if (workers->peak_bytes < worker->peak_bytes)
            workers->peak_bytes = worker->peak_bytes;
    }
    free(workers->worker);
}

void workers_account(const struct workers *workers, struct run *run)
{
    run->time.cpu_s += workers->cpu_s;
    run->at_once.most = at_once_most(workers->at_once);
    run_costs(run, workers->startup_s, workers->peak_bytes);
    if (!workers->payload_bytes)
        return;
    double bytes = (double)workers->payload_bytes;
    run_figure(run, "payload_s", NULL, 9, workers->payload_s);
    run_figure(run, "payload_bytes_per_s", NULL, 0, bytes / workers->payload_s);
}
