/* SPDX-License-Identifier: MIT
 *
 * The interpreter lock lets only one thread run Python bytecode at a time. A
 * thread takes the lock before it runs bytecode. It passes a checkpoint in
 * every iteration of its loop. It drops the lock around I/O, around native code
 * and at its end:
 *
 *     gil_take(me);
 *     while (...) {
 *         work();
 *         gil_checkpoint(me);     // others may get the lock here
 *     }
 *     gil_drop(me);
 *
 * What happens at a checkpoint is the lock's policy. Each is one small file:
 *
 *     none.c      no lock               free-threaded Python (PEP 703)
 *     mutex.c     one plain mutex       the obvious try; not Python's way
 *     ticks.c     every 100 checks      Python up to 3.1, and 2.x
 *     interval.c  5 ms, drop request    Python since 3.2
 *
 * Modelled on CPython's Python/ceval_gil.c (take_gil, drop_gil, the eval
 * breaker) and, for `ticks`, on 2.7's Python/ceval.c and thread_pthread.h.
 */
#ifndef GIL_H
#define GIL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/base/at_once.h"
#include "common/base/lane.h"

struct gil;
struct gil_thread;

/* How a lock is taken, dropped, and passed at a checkpoint. take() and drop()
 * call gil_taken() and gil_dropping() below while they own the lock. */
struct gil_policy {
    const char *name;
    bool excludes;      /* one holder at a time; `none` has no such thing */
    bool asks;          /* a waiter asks for it after the switch interval */
    bool breaks_always; /* every checkpoint calls the policy's */
    unsigned every;     /* default of gil_config.every; 0: not used */
    void (*take)(struct gil *gil, struct gil_thread *me);
    void (*drop)(struct gil *gil, struct gil_thread *me);
    void (*checkpoint)(struct gil *gil, struct gil_thread *me);
};

extern const struct gil_policy gil_none, gil_mutex, gil_ticks, gil_interval;

/* All of them; NULL ends. */
extern const struct gil_policy *const gil_policies[];

#define GIL_INTERVAL_US 5000 /* CPython's sys.getswitchinterval(): 5 ms */

struct gil_config {
    const struct gil_policy *policy;
    int64_t interval_us; /* interval: how long a waiter waits before it asks */
    unsigned every;      /* mutex, ticks: checkpoints between two drops */
};

/* The lock. The thread that owns `mutex` owns what is below it; under the
 * policy `mutex` that is the thread that holds the lock. */
struct gil {
    /* "Call the policy at your next checkpoint": read at each of them. It is
     * aligned for run/count.c, which keeps its sum away from it. */
    _Alignas(max_align_t) atomic_bool eval_breaker;
    struct gil_config config;

    pthread_mutex_t mutex;
    pthread_cond_t released; /* somebody dropped the lock */
    pthread_cond_t switched; /* somebody else took it: forced switching */
    bool locked;
    struct gil_thread *last_holder;
    unsigned passed; /* checkpoints since the last drop (mutex, ticks) */

    uint64_t handoffs;      /* it went to another thread than its last holder */
    uint64_t requests;      /* interval: drops asked for; each is a hand-off */
    struct at_once holders; /* at most 1, except under the policy `none` */
};

/* One thread's side of the lock, as CPython's PyThreadState. The caller owns
 * it, sets `gil` and `lane` before the first take, and keeps it until every
 * thread that uses the lock has ended. */
struct gil_thread {
    _Alignas(max_align_t) struct gil *gil; /* aligned for the same reason */
    struct lane *lane; /* where its slices of holding and waiting go */
    int64_t since_ns;  /* when it began to hold the lock, or to be without */
    bool records;      /* its lane has room: worth reading the clock for */
    bool lost;         /* another thread had the lock since its checkpoint */
    int64_t lost_ns;   /* and took it then */
};

void gil_init(struct gil *gil, const struct gil_config *config);
void gil_destroy(struct gil *gil);

/* Wait until the lock is ours. */
void gil_take(struct gil_thread *me);

/* Give it up. */
void gil_drop(struct gil_thread *me);

/* Around I/O and native code: CPython's Py_BEGIN_ALLOW_THREADS, a drop, and
 * Py_END_ALLOW_THREADS, a take. `spent` says what the time between was for,
 * LANE_RUNS, LANE_IO or LANE_SLEEPS; it goes to the thread's lane. */
void gil_begin_allow_threads(struct gil_thread *me);
void gil_end_allow_threads(struct gil_thread *me, enum lane_state spent);

/* The slow half of a checkpoint; call gil_checkpoint(). */
void gil_eval_breaker(struct gil_thread *me);

/* A thread that holds the lock passes it in every iteration. It costs one
 * relaxed load when nobody wants the lock. */
static inline void gil_checkpoint(struct gil_thread *me)
{
    if (atomic_load_explicit(&me->gil->eval_breaker, memory_order_relaxed))
        gil_eval_breaker(me);
}

/* For the policies: account for a take or a drop, as the lock's owner. */
void gil_taken(struct gil *gil, struct gil_thread *me);
void gil_dropping(struct gil *gil, struct gil_thread *me);

#endif
