/* SPDX-License-Identifier: MIT
 *
 * The processors and the clock of machine.h: which threads have a processor,
 * who is next, and when. A thread is in one of these states:
 *
 *     READY    it has no processor, and could use one
 *     RUNS     it has one; it is busy until a certain time: with additions, a
 *              system call, or nothing
 *     SLEEPS   it waits for another thread's step, or for a time
 *     WAKES    what it waited for has come, and it is not awake yet
 *     ENDED
 *
 * Processors are given out as by Linux's scheduler (CFS), in short: each thread
 * has an account of the time that it has used. The ready thread with the lowest
 * account is next. A thread loses its processor to one that is ready when its
 * account is a whole slice higher. A thread that has slept does not save up
 * more than that.
 */
#ifndef VIRTUAL_PROCESSORS_H
#define VIRTUAL_PROCESSORS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/virtual/threads.h"

enum runner_state {
    READY,
    RUNS,
    SLEEPS,
    WAKES,
    ENDED,
};

/* What the machine knows of a thread. */
struct runner {
    struct thread *thread;
    enum runner_state state;
    uint64_t since;     /* the number of this change of a state, of all */
    int64_t since_ns;   /* and when */
    int64_t until_ns;   /* RUNS: busy until then; WAKES: awake then */
    int64_t left_ns;    /* READY: how long it will be busy when it runs */
    int64_t charged_ns; /* RUNS: what it used before is in its accounts */
    int64_t account_ns;
    int64_t cpu_ns;             /* it has used */
    int64_t delay_ns;           /* it was ready */
    bool waits;                 /* it has called the system to sleep */
    struct virtual_place place; /* of its last step */

    uint64_t additions; /* that it is busy with */
    int64_t add_cpu_ns; /* cpu_ns when it began with them */
    const atomic_bool *stop;
};

struct processors {
    unsigned count;
    int64_t slice_ns;
    int64_t signal_ns; /* for so long a wake-up keeps a processor busy */
    int64_t wake_ns;   /* a tenth more or less */
    uint64_t chance;   /* 0: always wake_ns */
    int64_t late_ns;   /* a time limit ends so much later */
    int64_t now_ns;    /* the machine's clock */
    struct runner *runner;
    size_t runners;
    uint64_t changes;
    int64_t freed_ns; /* a processor became free last */
    int64_t quiet_ns; /* until then nothing happens but to one thread, ... */
    uint64_t quiet_change; /* ... unless a state has changed since */
};

/* Those of the threads that are new: each SLEEPS. */
void processors_adopt(struct processors *processors,
                      const struct threads *threads);

/* Of the threads that sleep for `object` (their points') and can go on, the one
 * that has slept longest; NULL: none. A thread at POINT_WAKE that still runs is
 * falling asleep: a wake-up takes as long. */
struct runner *processors_sleeper(const struct processors *processors,
                                  const void *object);

/* A thread that runs has used its processor until now: note that. */
void processors_charge(const struct processors *processors,
                       struct runner *runner);

/* How long this thread, or all of them (NULL), have used a processor. */
int64_t processors_cpu_ns(const struct processors *processors,
                          const struct thread *thread);

/* The thread, which sleeps, will be awake in a while: immediately where no
 * processor is idle, and so none has to wake up for it. */
void processors_wake(struct processors *processors, struct runner *runner);

/* The thread is awake: it is ready, or runs if a processor is free. */
void processors_arrive(struct processors *processors, struct runner *runner);

/* Set the clock to what happens next. Returns to whom: it is awake (WAKES), its
 * time limit has come (SLEEPS), it is no longer busy (RUNS), or its slice is
 * over (RUNS, and busy). Of two things at the same time what happens to a
 * thread that runs is the later. NULL: nothing will happen any more. */
struct runner *processors_turn_clock(struct processors *processors);

/* The same in short for a thread that has just done a step and is busy again:
 * is it no longer busy before anything else happens? */
bool processors_go_straight_on(struct processors *processors,
                               struct runner *runner);

/* The thread, which runs, gives its processor to one that is ready, and is then
 * in another state: READY, SLEEPS or ENDED. */
void processors_leave(struct processors *processors, struct runner *runner,
                      enum runner_state state);

#endif
