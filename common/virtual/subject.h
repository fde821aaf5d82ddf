/* SPDX-License-Identifier: MIT
 *
 * For orders.h: what is walked, how far, and what comes of it.
 */
#ifndef VIRTUAL_SUBJECT_H
#define VIRTUAL_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/virtual/place.h"

enum {
    ORDERS_THREADS = 260, /* at most: more than 8 bits count */
    ORDERS_STEPS = 2000   /* of one execution, if no other limit is set */
};

/* What is walked. All functions but `body` may be NULL. */
struct orders_subject {
    unsigned threads;                          /* that begin by themselves */
    void (*begin)(void *with);                 /* before each execution */
    void (*body)(void *with, unsigned thread); /* 1, 2, ... */
    void (*look)(void *with);                  /* between two steps */
    void (*end)(void *with);                   /* after all have ended */
    void (*after)(void *with);                 /* however it has ended */
    void *with;

    /* What the checks remember in an execution, without addresses in it: two
     * moments at which it differs are not the same. */
    const void *remembers;
    size_t remembers_bytes;

    /* Memory that is only counted in: to use it is no step. */
    const void *hidden;
    size_t hidden_bytes;

    bool never_exits; /* to call exit() is a mistake, whatever the status */
};

/* How much is walked. */
struct orders_bounds {
    /* In one execution, at most: */
    unsigned preemptions; /* a thread is stopped that could go on */
    unsigned time_outs;   /* a wait ends by its time limit; where nobody else
                           * can go on, it does so uncounted */
    unsigned spurious;    /* a wait on a condition ends for no reason */
    unsigned steps;       /* more is a mistake; 0: ORDERS_STEPS */

    size_t shorter_than;    /* only orders of fewer steps; 0: of any length */
    uint64_t executions;    /* end the walk after so many; 0: no limit */
    uint64_t all_steps;     /* or so many steps in all ... */
    uint64_t more_steps;    /* ... or after the first order that fails */
    uint64_t random_orders; /* not all, but so many ... */
    uint64_t seed;          /* ... that this number decides */

    bool no_rescue;   /* where nobody else can go on, no wait ends by itself: a
                       * wake-up that was lost is a deadlock */
    bool no_spinning; /* to look again and again is a mistake */
    bool no_races;    /* data races are not looked for */
    unsigned overlooks; /* faults (1 << ORDERS_STUCK) that are none here: such
                         * an order ends without one, and after ORDERS_MISUSE
                         * it goes on */
    bool plain_steps;   /* plain reads and writes are steps, too */
    bool all_failing;   /* after a mistake walk on, and count those that fail */
    bool finish;       /* orders_follow: after the last step go on to the end */
    bool no_reduction; /* try even what is the same (to check the walk) */
};

enum orders_fault {
    ORDERS_NO_FAULT,
    ORDERS_CHECK,   /* the subject called orders_fail() */
    ORDERS_STUCK,   /* nobody can go on */
    ORDERS_MISUSE,  /* of a mutex */
    ORDERS_RACE,    /* a data race */
    ORDERS_SPINS,   /* a thread looks again and again */
    ORDERS_ENDLESS, /* more steps than the limit */
    ORDERS_CHANGES, /* the same order does not lead to the same steps */
    ORDERS_CANNOT,  /* orders_follow: the order asks for what cannot be */
};

/* One step of an order: who goes on. */
struct orders_step {
    uint16_t thread; /* its number */
    uint16_t wakes;  /* a signal wakes this thread; 0: the longest waiter */
    uint8_t woken;   /* enum woken: its wait ends by time, or by nothing */
    uint8_t kind;    /* what it does: enum point_kind + 1; 0: whatever it is */
};

/* A use of memory, by a thread. */
struct orders_use {
    unsigned thread;
    struct virtual_place place;
};

struct orders_result {
    enum orders_fault fault;
    char text[400]; /* what is wrong: "two threads are inside" */
    struct orders_step *step;
    size_t steps;              /* of the shortest order that shows it */
    struct orders_use race[2]; /* ORDERS_RACE: the earlier use, the later one */

    bool all;            /* all orders within the bounds were tried */
    uint64_t executions; /* walked */
    uint64_t all_steps;  /* in them */
    double orders;       /* that there are within the bounds, and of them ... */
    double failing;      /* ... fail; with a fault only if all_failing */
};

#endif
