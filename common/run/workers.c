/* SPDX-License-Identifier: MIT */
#include "common/run/workers.h"

#include <errno.h>
#include <fcntl.h>
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
    LOOK_MS = 1000,        /* how often silent workers are looked at */
    STATUS_NO_WATCHER = 3, /* a worker's, for the lab to tell */
};

#define ANY SIZE_MAX

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
    allow_descriptors(room + 64, room, "worker process needs",
                      "worker processes need");
    *workers = (struct workers){
        .room = room,
        .worker = allocate(room, sizeof *workers->worker),
        .poll = allocate(room + WORKERS_OTHERS, sizeof *workers->poll),
        .at_once = shared_memory(sizeof *workers->at_once),
        .cpu_s = -children_cpu_s(),
    };
    if (!workers->at_once)
        fail("no memory to share with worker processes: %s", strerror(errno));
}

static void end_all(struct workers *workers)
{
    for (size_t i = 0; i < workers->forked; i++)
        if (workers->worker[i].child.pid)
            kill(workers->worker[i].child.pid, SIGKILL);
    for (size_t i = 0; i < workers->forked; i++)
        if (workers->worker[i].child.pid)
            child_kill(&workers->worker[i].child);
}

void workers_fail(struct workers *workers, const char *name, int status)
{
    end_all(workers);
    if (WIFSIGNALED(status))
        fail("%s was killed by signal %d", name, WTERMSIG(status));
    if (WEXITSTATUS(status) == STATUS_NO_WATCHER)
        fail("%s cannot start a thread: %s", name, why_no_process(EAGAIN));
    if (WEXITSTATUS(status) == 0)
        fail("%s ended without a result", name);
    exit(STATUS_FAILED); /* it has said why */
}

static _Noreturn void worker_lost(struct workers *workers, size_t i)
{
    char name[32];
    int status = child_wait(&workers->worker[i].child);
    snprintf(name, sizeof name, "worker %zu", i + 1);
    workers_fail(workers, name, status);
}

static void fail_if_stopped(struct workers *workers, const struct child *child,
                            bool *stopped, const char *name)
{
    bool was_stopped = *stopped;
    *stopped = child_is_stopped(child);
    if (!*stopped || !was_stopped)
        return;
    kill(child->pid, SIGKILL); /* perhaps before it could ask to be continued */
    end_all(workers);
    fail("%s was stopped by a signal", name);
}

/* Nobody has said anything for a while. A process that is stopped in two such
 * looks never will: Ctrl-Z stops the lab, too, and both go on together. */
static void look_for_stopped(struct workers *workers)
{
    char name[32];
    for (size_t i = 0; i < workers->forked; i++) {
        struct worker *worker = &workers->worker[i];
        if (worker->done)
            continue;
        snprintf(name, sizeof name, "worker %zu", i + 1);
        fail_if_stopped(workers, &worker->child, &worker->stopped, name);
    }
    for (size_t i = 0; i < workers->others; i++)
        fail_if_stopped(workers, workers->other[i].child,
                        &workers->other[i].stopped, workers->other[i].name);
}

/* Sleep until that worker has something to say, or any of them: poll[i] tells
 * which. A process that has ended meanwhile ended too early. */
static void wait_for(struct workers *workers, size_t wanted)
{
    struct pollfd *poll_of = workers->poll;
    for (size_t i = 0; i < workers->forked; i++) {
        const struct worker *worker = &workers->worker[i];
        poll_of[i] = (struct pollfd){
            .fd = worker->done ? -1 : worker->child.fd,
            .events = wanted == ANY || wanted == i ? POLLIN : 0};
    }
    for (size_t i = 0; i < workers->others; i++)
        poll_of[workers->forked + i] =
            (struct pollfd){.fd = workers->other[i].child->fd};
    size_t all = workers->forked + workers->others;
    int ready;
    while ((ready = poll(poll_of, (nfds_t)all, LOOK_MS)) == 0)
        look_for_stopped(workers);
    if (ready == -1 && errno != EINTR)
        fail("cannot wait for worker processes: %s", strerror(errno));
    for (size_t i = 0; i < all; i++) {
        if (!(poll_of[i].revents & (POLLHUP | POLLERR)))
            continue;
        if (i < workers->forked)
            worker_lost(workers, i);
        struct workers_other *other = &workers->other[i - workers->forked];
        workers_fail(workers, other->name, child_wait(other->child));
    }
}

static void read_from(struct workers *workers, size_t i, void *into,
                      size_t bytes)
{
    char *next = into;
    while (bytes > 0) {
        ssize_t got = read(workers->worker[i].child.fd, next, bytes);
        if (got > 0) {
            next += got;
            bytes -= (size_t)got;
        } else if (got == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            wait_for(workers, i);
        } else if (got == 0 || errno != EINTR) {
            worker_lost(workers, i);
        }
    }
}

/* In a worker. Without a lab there is nobody to tell. */
static void write_out(struct workers *workers, const void *from, size_t bytes)
{
    const char *next = from;
    while (bytes > 0) {
        ssize_t put = write(workers->lab, next, bytes);
        if (put >= 0) {
            next += put;
            bytes -= (size_t)put;
        } else if (errno != EINTR) {
            _exit(STATUS_FAILED);
        }
    }
}

static _Noreturn void cannot_start(struct workers *workers, int error)
{
    end_all(workers);
    fail("cannot start worker %zu of %zu: %s", workers->forked + 1,
         workers->room, why_no_process(error));
}

void workers_need(struct workers *workers, struct child *child,
                  const char *name)
{
    if (workers->others == WORKERS_OTHERS)
        fail("workers need more than %d other processes", WORKERS_OTHERS);
    workers->other[workers->others++] =
        (struct workers_other){.child = child, .name = name};
}

bool worker_fork(struct workers *workers)
{
    struct worker *worker = &workers->worker[workers->forked];
    worker->forked_ns = wall_ns();
    if (child_fork(&worker->child, CHILD_PRINTS) == -1)
        cannot_start(workers, errno);
    if (worker->child.pid == 0) {
        workers->lab = worker->child.fd;
        for (size_t i = 0; i < workers->forked; i++)
            close(workers->worker[i].child.fd);
        return true;
    }
    fcntl(worker->child.fd, F_SETFL, O_NONBLOCK); /* see read_from() */
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
    wait_for_lab(workers->lab);
    if (pthread_create(&workers->watcher, NULL, watch_lab, &workers->lab) != 0)
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
    while (write(workers->worker[i].child.fd, "", 1) == -1 && errno == EINTR)
        ;
}

size_t workers_next(struct workers *workers)
{
    for (;;) {
        size_t left = 0;
        for (size_t i = 0; i < workers->forked; i++)
            left += !workers->worker[i].done;
        if (left == 0)
            return workers->room;
        wait_for(workers, ANY);
        for (size_t i = 0; i < workers->forked; i++)
            if (workers->poll[i].revents)
                return i;
    }
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
    worker->done = true;
}

void workers_close(struct workers *workers)
{
    for (size_t i = 0; i < workers->forked; i++) {
        int status = child_wait(&workers->worker[i].child);
        if (status) {
            char name[32];
            snprintf(name, sizeof name, "worker %zu", i + 1);
            workers_fail(workers, name, status);
        }
    }
    workers->cpu_s += children_cpu_s();
    for (size_t i = 0; i < workers->forked; i++) {
        const struct worker *worker = &workers->worker[i];
        workers->startup_s += worker->startup_s / (double)workers->forked;
        if (workers->peak_bytes < worker->peak_bytes)
            workers->peak_bytes = worker->peak_bytes;
    }
    free(workers->worker);
    free(workers->poll);
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
