/* SPDX-License-Identifier: MIT
 *
 * Worker processes: forked by the lab, each with a socket that brings its
 * results back, as a multiprocessing.Pipe() of Python does.
 *
 *     struct workers workers;
 *     workers_open(&workers, n);
 *     for (size_t i = 0; i < n; i++)
 *         if (worker_fork(&workers)) {        // true in the new process
 *             worker_ready(&workers);         // waits for the lab's "go"
 *             task_run(task, body);
 *             worker_send_task(&workers, task);
 *             worker_end(&workers);           // does not return
 *         }
 *     for (size_t i = 0; i < n; i++)
 *         worker_await(&workers, i);          // until it is ready
 *     for (size_t i = 0; i < n; i++)
 *         worker_go(&workers, i);
 *     for (size_t i; (i = workers_next(&workers)) < n;) {
 *         worker_receive_task(&workers, i, &task[i]);
 *         worker_done(&workers, i);
 *     }
 *     workers_close(&workers);
 *
 * A worker ends when the lab ends, however that ends: it reads the socket,
 * on which the lab says "go", and at last that it has everything; at
 * end-of-file the worker stops. When a worker ends before its time, the lab
 * sees it whatever it waits for. The same is true, after some seconds, of one
 * that is stopped. The other workers are ended and the lab fails. One line
 * tells why, printed by the worker itself if it could.
 */
#ifndef RUN_WORKERS_H
#define RUN_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/at_once.h"
#include "common/base/child.h"
#include "common/run/tasks.h"

struct worker {
    struct child child;
    bool done;    /* all has been received */
    bool stopped; /* was so when last looked at */
    int64_t forked_ns;
    double startup_s; /* from the fork until it was ready */
    uint64_t peak_bytes;
};

enum {
    WORKERS_OTHERS = 4
};

struct workers {
    size_t room;
    size_t forked;
    struct worker *worker;
    struct at_once *at_once; /* shared by all of them */

    /* Known when they have been closed. */
    double cpu_s;        /* of all of them */
    double startup_s;    /* of one: the mean */
    uint64_t peak_bytes; /* of one: the most */
    uint64_t payload_bytes;
    double payload_s; /* to receive these, one worker after the other */

    struct workers_other {
        struct child *child;
        const char *name;
        bool stopped;
    } other[WORKERS_OTHERS];
    size_t others;
    struct pollfd *poll; /* one for each worker, then one for each other */

    int lab; /* in a worker: the socket to the lab */
    pthread_t watcher;
};

/* Get ready for `room` workers. The lab must have one thread from here to the
 * last fork: a forked process has only the one that forked it, and a lock that
 * another one held stays locked. */
void workers_open(struct workers *workers, size_t room);

/* Fork the next one. Returns true in the new process. Fails, with nothing left
 * behind, if there can be no more. */
bool worker_fork(struct workers *workers);

/* The workers need this child too ("the local server"): should it end before
 * child_stop(), the lab fails as if a worker had. The name must outlive the
 * workers. */
void workers_need(struct workers *workers, struct child *child,
                  const char *name);

/* Another process has ended with this status (waitpid()) and should not have:
 * end the workers and fail. */
_Noreturn void workers_fail(struct workers *workers, const char *name,
                            int status);

/* In a worker: tell that it is ready, and wait until it may go. Afterwards it
 * may start threads. */
void worker_ready(struct workers *workers);

/* In a worker: send a task's times, lane and result; those of a whole run; so
 * many bytes of no meaning. */
void worker_send_task(struct workers *workers, const struct task *task);
void worker_send_run(struct workers *workers, const struct run *run);
void worker_send_bytes(struct workers *workers, uint64_t bytes);

/* In a worker: all is sent. Ends when the lab has it. */
_Noreturn void worker_end(struct workers *workers);

/* In the lab: wait until worker i is ready; let it go. */
void worker_await(struct workers *workers, size_t i);
void worker_go(struct workers *workers, size_t i);

/* In the lab: the next worker that has something to say; the number of them
 * when all have been received. */
size_t workers_next(struct workers *workers);

/* In the lab: receive from worker i what it sent. The run has been given as
 * many tasks by run_init(). */
void worker_receive_task(struct workers *workers, size_t i, struct task *task);
void worker_receive_run(struct workers *workers, size_t i, struct run *run);
void worker_receive_bytes(struct workers *workers, size_t i, uint64_t bytes);

/* In the lab: all has been received from worker i, but what worker_end() said:
 * its peak memory. */
void worker_done(struct workers *workers, size_t i);

/* Wait until all have ended, and forget each one's figures. */
void workers_close(struct workers *workers);

/* Add to a run that has ended what its workers used and cost: CPU time, at
 * once, startup_s, peak_rss_bytes, and how long a payload took. */
void workers_account(const struct workers *workers, struct run *run);

#endif
