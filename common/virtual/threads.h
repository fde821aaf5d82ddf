/* SPDX-License-Identifier: MIT
 *
 * Threads that the program itself schedules. They are coroutines: one runs at a
 * time, until it comes to a *point*. A point stands before each step in which
 * threads meet: to lock a mutex, to signal, to sleep, and, in code compiled
 * with -fsanitize=thread, to read or write memory. There the thread says what
 * it is about to do (struct point), and a *scheduler* says who goes on. That
 * thread then does its step and runs to its next point.
 *
 *     pthread_mutex_lock(m)         names.h makes of it ...
 *       virtual_mutex_lock(m)       locks.c: what a mutex is
 *         virtual_point()           threads.c: "1 is about to lock m"
 *           scheduler->next()       machine.c or walk.c: "2 goes on"
 *             coroutine_switch()    coroutine.c: 2 goes on
 *
 * The same code runs under two schedulers: machine.h turns a clock and gives
 * each step its time; orders.h tries every order.
 *
 *     struct threads *threads = virtual_threads_new(scheduler);
 *     virtual_threads_add(threads, body, with);       // as often as needed
 *     bool all_ended = virtual_threads_run(threads);  // and again, from `add`
 *     virtual_threads_free(threads);
 *
 * A thread whose step cannot be done yet (the mutex has an owner) must not be
 * chosen: virtual_can_go() says so. A wait with a time limit ends early when
 * the scheduler says so, by setting `woken`.
 *
 * They share their thread-local variables (_Thread_local), but not errno: for
 * the system they are one thread.
 */
#ifndef VIRTUAL_THREADS_H
#define VIRTUAL_THREADS_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "common/virtual/place.h"

struct coroutine;
struct thread;
struct threads;

/* What a thread is about to do. `object` is what it does it to. */
enum point_kind {
    POINT_BEGIN, /* the thread itself */
    POINT_END,
    POINT_CREATE, /* the function that the new thread will run */
    POINT_JOIN,   /* the struct thread to be joined */
    POINT_LOCK,   /* a mutex, or a reader-writer lock to write */
    POINT_TRY_LOCK,
    POINT_READ_LOCK, /* a reader-writer lock */
    POINT_TRY_READ_LOCK,
    POINT_UNLOCK, /* either */
    POINT_WAIT,   /* begin to wait for a condition: give up the mutex, which is
                   * `second`, and fall asleep ... */
    POINT_WAKE,   /* ... end that wait, after a signal; POINT_LOCK of `second`
                   * follows */
    POINT_SIGNAL, /* a condition: wake one that waits */
    POINT_BROADCAST,
    POINT_TAKE, /* a semaphore: wait until it is above 0, and take 1 */
    POINT_TRY_TAKE,
    POINT_POST,      /* add 1 */
    POINT_MEET,      /* a barrier: arrive */
    POINT_PASS,      /* and leave, when all have arrived */
    POINT_ONCE,      /* a once: run its function, or wait until it has run */
    POINT_ONCE_DONE, /* and the function has returned */
    POINT_SLEEP,     /* NULL; goes on when the scheduler says that it is time */
    POINT_YIELD,     /* NULL */
    POINT_READ,      /* memory, `bytes` of it */
    POINT_WRITE,
    POINT_CHANGE, /* an atomic read and write: fetch_add, compare_exchange */
    POINT_FENCE,  /* NULL */
    POINT_NOTE,   /* a text: a step of the body's own, which nobody waits for */
};

#define VIRTUAL_NEVER INT64_MAX
#define VIRTUAL_PLAIN (-1) /* the order of an access that is not atomic */

struct point {
    enum point_kind kind;
    const void *object;
    const void *second;
    size_t bytes;
    int order;        /* __ATOMIC_RELAXED ... __ATOMIC_SEQ_CST, VIRTUAL_PLAIN */
    int64_t until_ns; /* where it may have to wait: a time limit; or NEVER */
    uint64_t value;   /* for `ready` */
    bool (*ready)(const struct thread *me); /* can it be done? NULL: yes */
    struct virtual_place place;
};

/* How a wait ended. The scheduler may end one by BY_TIME if it has a time limit
 * (and any at POINT_WAKE BY_NOTHING: a condition may wake for no reason). */
enum woken {
    WOKEN_NOT,
    WOKEN_BY_SIGNAL,
    WOKEN_BY_TIME,
    WOKEN_BY_NOTHING,
};

struct thread {
    unsigned number;    /* 1, 2, ... in the order of their creation */
    struct point point; /* what it does when it goes on */
    uint64_t arrived;   /* there: the number of this point, of all theirs */
    enum woken woken;
    bool in_vain; /* it tried, and did not get it */
    bool moved;   /* it got a lock that another thread had last */
    bool ended;
    void *result;

    struct threads *threads;
    struct coroutine *coroutine;
    void *(*body)(void *with);
    int (*body_c11)(void *with); /* in its place, if not NULL */
    void *with;
    uint64_t random; /* the state of its rand() */
    bool begun;
    jmp_buf base;     /* where its body was called */
    char *stack_base; /* its stack is between here and where it is */
};

struct scheduler {
    /* Are accesses to memory points? Those to the running thread's own stack,
     * too, which others may reach through a pointer? */
    bool sees_memory;
    bool sees_own_stack;

    /* Is what a run allocates freed before the next (heap.h)? */
    bool owns_heap;

    /* `me` has come to me->point, or has ended; NULL: the run begins. Say who
     * goes on: a thread of me->threads that can go. NULL ends the run: nobody
     * can go on, or enough has been seen. */
    struct thread *(*next)(struct scheduler *self, struct threads *threads,
                           struct thread *me);

    /* `me` is about to use memory in a plain way, as its point says. True: it
     * may, and this is no point. May be NULL: it is one. */
    bool (*passes)(struct scheduler *self, struct thread *me);

    /* `me` has done the step of its point (not for plain reads and writes: they
     * follow). May be NULL. */
    void (*done)(struct scheduler *self, struct thread *me);

    /* `me` did something to `object` (a point's), after which at most `most` of
     * those that wait for it should look whether they can go. May be NULL. */
    void (*may_go_on)(struct scheduler *self, struct thread *me,
                      const void *object, unsigned most);

    /* A signal of me's wakes one of those that virtual_waiting() gives; say
     * which. `longest` is the one that has waited longest; NULL: that one. */
    struct thread *(*choose)(struct scheduler *self, struct thread *me,
                             struct thread *longest);

    /* What time it is for `me` by a clock. */
    int64_t (*now_ns)(struct scheduler *self, struct thread *me,
                      clockid_t clock);

    /* `me` calls exit(), or abort(): then the status is 128 + SIGABRT. It ends
     * the run at the next point. May be NULL: the program exits. */
    void (*quit)(struct scheduler *self, struct thread *me, int status,
                 struct virtual_place here);

    /* `me` does what it must not: "unlocks a mutex that nobody has locked". May
     * be NULL. */
    void (*wrong)(struct scheduler *self, struct thread *me, const char *what,
                  struct virtual_place here);
};

struct threads {
    struct scheduler *scheduler;
    struct thread **thread; /* by number - 1 */
    size_t count;
    size_t live;     /* have not ended */
    uint64_t points; /* so far, in all runs */

    size_t made; /* threads that `thread` has; those after `count` are spare */
    struct coroutine *caller;
    bool over; /* those that have not ended are to be abandoned */
};

struct threads *virtual_threads_new(struct scheduler *scheduler);
void virtual_threads_free(struct threads *threads);

/* Add a thread that will run body(with); before the run, or from a thread. */
struct thread *virtual_threads_add(struct threads *threads,
                                   void *(*body)(void *with), void *with);

/* Let them run until all have ended: true; or until the scheduler says that it
 * is enough: false, and those that have not ended are abandoned where they are.
 * Afterwards `thread` shows how they ended, until the next `add`. */
bool virtual_threads_run(struct threads *threads);

/* Can it do the step of its point? Not if it waits for something. */
static inline bool virtual_can_go(const struct thread *thread)
{
    return !thread->ended && (thread->woken || !thread->point.ready ||
                              thread->point.ready(thread));
}

/* The thread that has waited longest for a signal to `cond`, of those that came
 * after `arrived` (0: all); NULL: none. */
struct thread *virtual_waiting(const void *cond, uint64_t arrived);

/* Nobody has locked this mutex. */
bool virtual_mutex_free(const void *mutex);

/* The thread that runs; NULL: none of ours, and what follows has no points. */
extern struct thread *virtual_me;

/* The running thread is at its `point`: returns when it may do it. */
void virtual_point(void);

/* The same for a plain use of memory, which may be no point. */
void virtual_use(void);

/* The running thread writes to this memory in a plain way, all of it. */
void virtual_write(const void *memory, size_t bytes, struct virtual_place here);

/* Are uses of memory seen at all? Not in a program that is built with
 * ThreadSanitizer: its library has the functions that the compiler calls. */
bool virtual_sees_memory(void);

/* It has done it; its step may let `most` others go on with `object`; and it
 * was wrong. */
void virtual_done(void);
void virtual_may_go_on(const void *object, unsigned most);
void virtual_wrong(const char *what, struct virtual_place here);

/* End the running thread, from anywhere in it; end the run, from there or from
 * the handler of a signal. */
_Noreturn void virtual_end(void *result);
_Noreturn void virtual_abandon(void);

#endif
