/* SPDX-License-Identifier: MIT
 *
 * Guests of a lock: threads that come, take it, have it, drop it and come
 * again, in every order (orders.h), and what a lock promises them. Which lock
 * it is, and which of the promises it makes, the caller says.
 *
 *     const struct guests guests = {
 *         .threads = 2, .rounds = 2, .promises = GUESTS_ONE_INSIDE,
 *         .begin = begin, .take = take, .drop = drop};
 *     struct orders_subject subject = guests_subject(&guests);
 *     orders_walk(&subject, &bounds, &result);
 */
#ifndef VIRTUAL_GUESTS_H
#define VIRTUAL_GUESTS_H

#include "common/virtual/orders.h"

enum {
    GUESTS_MOST = 8 /* threads */
};

/* What a lock promises. That nobody waits for ever it always does; walk it with
 * one thread and no time-outs to see that a thread that is alone never waits.
 */
enum guests_promises {
    GUESTS_ONE_INSIDE = 1,

    /* A waiter, while all others are outside or wait too, is not overtaken by
     * a thread that comes later. */
    GUESTS_IN_ORDER = 2,

    /* A thread that drops it when asked does not have it again before another
     * thread had it. */
    GUESTS_SWITCH = 4,

    /* Only a thread that has waited for a whole interval asks the holder to
     * drop it. All of that interval it has waited for this holder. */
    GUESTS_ASK_LATE = 8,

    /* If a thread has waited so long, the holder loses the lock at its next
     * checkpoint. */
    GUESTS_LOSE = 16,

    /* When all have gone, nobody is asked. */
    GUESTS_LEAVE_NO_REQUEST = 32,

    /* A thread that drops it does not have it again before a thread that waits,
     * while all others are outside or wait too. */
    GUESTS_NOT_AGAIN = 64,
};

struct guests {
    unsigned threads;
    unsigned rounds;      /* how often each comes */
    unsigned checkpoints; /* that it passes each time */
    unsigned promises;

    void (*begin)(void);           /* a new lock, which nobody has */
    void (*take)(unsigned thread); /* 1, 2, ... */
    void (*drop)(unsigned thread);
    void (*checkpoint)(unsigned thread);
    bool (*asked)(void); /* is its holder asked to drop it? */

    const void *hidden; /* as in struct orders_subject */
    size_t hidden_bytes;
};

/* One at a time. `guests` must stay as long as the subject is used. */
struct orders_subject guests_subject(const struct guests *guests);

#endif
