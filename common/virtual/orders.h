/* SPDX-License-Identifier: MIT
 *
 * Every order. Some threads run again and again, each time in another order of
 * their steps, until all orders have been tried or one of them shows a mistake.
 *
 * A step is what a thread does between two points (threads.h): it locks a
 * mutex, it waits, it reads an atomic. At each point the walk decides which
 * thread goes on; search.h says how it gets round to all of them. Steps that do
 * not meet are not tried in both orders; history.h says why that is enough.
 *
 *     orders_walk()             orders.c: again and again, until all are tried
 *       execute()               all threads from the beginning to their end
 *         next()                walk.c: a thread is at a point; who goes on?
 *           walk_ways()         ways.c: what can happen now
 *           walk_decide()       decide.c: which of that has not been tried
 *           go()                walk.c: note the step, and let it be done
 *       next_order()            search.c: is there another order?
 *
 *     static struct { struct lock lock; int inside; } all;
 *
 *     static void begin(void *with) { ... everything as at first ... }
 *     static void body(void *with, unsigned thread)
 *     {
 *         lock_take(&all.lock);
 *         if (++all.inside > 1)
 *             orders_fail("two threads are inside");
 *         orders_note("has the lock");        // others may come in here
 *         all.inside--;
 *         lock_drop(&all.lock);
 *     }
 *     const struct orders_subject subject = {
 *         .threads = 2, .begin = begin, .body = body,
 *         .remembers = &all.inside, .remembers_bytes = sizeof all.inside};
 *     const struct orders_bounds bounds = {.preemptions = 2};
 *     struct orders_result result;
 *     orders_walk(&subject, &bounds, &result);
 *     columns_print(stdout, &subject, &bounds, &result);
 *     orders_free(&result);
 *
 * The code that is walked, lock_take() here, is compiled with
 *
 *     -include common/virtual/names.h -fsanitize=thread -g
 *
 * and linked, without -fsanitize=thread, with libcommon.a. Nothing in it is
 * changed: names.h gives the functions of threads other names, and the compiler
 * calls memory.c before each access to memory.
 *
 * This is found whatever the code is for:
 *   - nobody can go on (a deadlock, or a wake-up that was lost);
 *   - a thread unlocks a mutex that it does not have, or waits with it;
 *   - a data race (races.h);
 *   - an execution that does not end.
 * The rest is for the body to check.
 *
 * What is not seen: values that only weaker memory orders than sequential
 * consistency can show; and what a thread does with what is not here, such as
 * files. A body must do the same each time: no real time, no real randomness.
 */
#ifndef VIRTUAL_ORDERS_H
#define VIRTUAL_ORDERS_H

#include "common/virtual/subject.h"
#include "common/virtual/threads.h"

/* Walk. True: all orders were tried and none fails. Give the result back to
 * orders_free(). One walk at a time. */
bool orders_walk(const struct orders_subject *subject,
                 const struct orders_bounds *bounds,
                 struct orders_result *result);
void orders_free(struct orders_result *result);

/* Follow one order and stop after its last step. `taken` is told of each step
 * before it is done, and of each plain access to memory, which is no step: then
 * `step` is NULL. It may be NULL itself. The result has no order of its own;
 * without a fault its text says who can go on, or nothing if all have ended.
 * True: no fault. */
bool orders_follow(const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_step *step, size_t steps,
                   void (*taken)(void *with, const struct thread *thread,
                                 const struct orders_step *step),
                   void *with, struct orders_result *result);

/* For the subject's functions: this order shows a mistake. The execution ends
 * at the next point. */
__attribute__((format(printf, 1, 2))) void orders_fail(const char *format, ...);

/* A step of the body's own, at which others may come in. */
void orders_note(const char *text);

/* For `look`: the threads; the thread that has made the last step; that step.
 * The last two are NULL before the first step. */
const struct threads *orders_threads(void);
const struct thread *orders_last(void);
const struct orders_step *orders_last_step(void);

/* Could this thread go on now, without the help of a time-out? */
bool orders_can_go(const struct thread *thread);

/* Does it look again and again, and has it seen all that there is to see? */
bool orders_spins(const struct thread *thread);

#endif
