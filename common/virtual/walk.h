/* SPDX-License-Identifier: MIT
 *
 * For orders.c, walk.c, ways.c, decide.c and faults.c: a walk, and the
 * execution that it is at.
 */
#ifndef VIRTUAL_WALK_H
#define VIRTUAL_WALK_H

#include "common/virtual/history.h"
#include "common/virtual/looks.h"
#include "common/virtual/races.h"
#include "common/virtual/search.h"
#include "common/virtual/subject.h"
#include "common/virtual/threads.h"

enum {
    LOOKS = 4,          /* looks in vain that show that a thread spins */
    LOOKS_ALONE = 1000, /* the same, where nobody else can go on */
    RESCUES = 20,       /* time-outs that change nothing */
    ACCESSES = 10000,   /* plain ones without a step: it spins */
    ACCESSES_IN_ALL = 20000000,
    MOST_WAYS = 3 * ORDERS_THREADS
};

/* What the walk knows about a thread. */
struct walker {
    bool wakes;        /* it was woken and must lock its mutex again */
    int64_t now_ns;    /* what time it is for it */
    unsigned accesses; /* plain ones since its last step */
    uint64_t parked;   /* `changes` when it was found to spin; 0: it does not */
};

struct walk {
    struct scheduler scheduler; /* the first member: what threads.c calls */
    const struct orders_subject *subject;
    const struct orders_bounds *bounds;
    struct orders_result *result;

    struct threads *threads;
    struct history *history;
    struct looks *looks;
    struct races *races;
    struct search search;

    enum {
        WALK_ALL,
        WALK_AT_RANDOM,
        WALK_ONE
    } mode;
    uint64_t random;
    uint64_t steps_at_fault; /* that had been walked when the first failed */
    const struct orders_step *order; /* WALK_ONE */
    size_t order_steps;
    void (*taken)(void *with, const struct thread *thread,
                  const struct orders_step *step);
    void *taken_with;

    /* This execution. */
    struct walker of[ORDERS_THREADS];
    struct orders_step *step;
    size_t steps, most_steps;
    struct thread *last; /* the thread that made the last step */
    unsigned preemptions, time_outs, spurious;
    uint64_t changes, accesses;
    uint64_t helpless_since; /* looks_changes(): nothing has changed since */
    unsigned rescues;        /* since then (struct way); ... */
    size_t helpless_at;      /* ... the first was at this step */
    bool over; /* cut short, or the order to follow has been followed */
    enum orders_fault fault;
    char text[sizeof((struct orders_result *)0)->text];
    struct orders_use race[2];
};

extern const struct scheduler walk_scheduler;

/* A way on: `thread` does its step, and its wait has ended so. */
struct way {
    struct thread *thread;
    enum woken woken;
    bool preempts; /* the thread of the last step could go on */

    /* Nobody can go on, or only threads that look again at what has not
     * changed. So the longest wait ends by its time limit, uncounted, or one of
     * them looks. */
    bool rescues;
};

/* Could this thread go on now, without the help of a time-out? */
bool walk_can_go(const struct thread *thread);

/* It spins, and has seen all that there is to see. */
bool walk_spins(struct walk *walk, const struct thread *thread);

/* Which ways there are now, the walk's first choice first. */
size_t walk_ways(struct walk *walk, struct way *ways);

/* Which of them it goes; `count`: none, the execution is over. The same of
 * those that a signal may wake. */
size_t walk_decide(struct walk *walk, const struct way *ways, size_t count);
size_t walk_decide_whom(struct walk *walk, size_t count);

/* Somebody is wrong: the execution ends. Only the first time counts. */
__attribute__((format(printf, 3, 4))) void
walk_fault(struct walk *walk, enum orders_fault fault, const char *format, ...);

/* Nobody can go on. */
void walk_stuck(struct walk *walk);

/* A fault if this thread looks again and again. */
void walk_looks(struct walk *walk, const struct thread *thread);

/* `me` uses memory in a data race with an earlier use. */
void walk_race(struct walk *walk, const struct thread *me,
               const struct access *earlier);

/* `me` does what it must not, or ends the program. */
void walk_misuse(struct walk *walk, const struct thread *me, const char *what,
                 struct virtual_place here);
void walk_quit(struct walk *walk, const struct thread *me, int status,
               struct virtual_place here);

/* An order that is followed: it is over, and the text says who can go on; its
 * next step cannot be done; or cannot wake that thread; or is one of other
 * code. */
void walk_who_can(struct walk *walk, const struct way *ways, size_t count);
void walk_cannot(struct walk *walk, const struct orders_step *step,
                 const struct way *ways, size_t count);
void walk_cannot_wake(struct walk *walk, const struct orders_step *step);
void walk_differs(struct walk *walk, const struct orders_step *step,
                  const struct thread *thread);

#endif
