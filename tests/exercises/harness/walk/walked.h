/* SPDX-License-Identifier: MIT
 *
 * What the graders' walks share. A walk runs a student's functions on threads
 * of the kit's own, in every order of their steps (common/virtual/orders.h). So
 * its verdict does not depend on the machine or on luck; on its load only if
 * the walk does not end within its time.
 *
 *     walk MODE SEED STUDENT.so              as harness.h says
 *     walk --replay ORDER.order STUDENT.so   print one order, for people
 *
 * The student's file is compiled with -include common/virtual/names.h and
 * -fsanitize=thread, and linked without that sanitizer's library. A mode is a
 * few checks, one after the other, until one of them finds something. This is
 * reported:
 *
 *     fault KIND     check, stuck, misuse, race, spins or endless
 *     text WHAT      what is wrong
 *     | LINE         the shortest order that shows it, in columns
 *     = LINE         the same as a file for --replay, if it is not too long;
 *                    neither of them where there are many threads
 *     unwalked WHY   the code cannot be walked
 *     all 1          every order within the bounds was walked, or the one that
 *                    was asked for
 *     orders N       that were walked
 */
#ifndef WALKED_H
#define WALKED_H

#include "../harness.h"
#include "common/virtual/orders.h"

enum {
    WALKED_FINDS_ALL = 0,
    WALKED_FINDS_CHECK = 1 << ORDERS_CHECK,
    WALKED_FINDS_STUCK = 1 << ORDERS_STUCK,
    WALKED_FINDS_MISUSE = 1 << ORDERS_MISUSE,
    WALKED_FINDS_RACE = 1 << ORDERS_RACE,
    WALKED_FINDS_SPINS = 1 << ORDERS_SPINS,
    WALKED_FINDS_ENDLESS = 1 << ORDERS_ENDLESS,
};

/* One walk. Where a bound is 0: no preemption, no time-out ...; of `steps`,
 * `all_steps` and `more_steps`: a limit that fits into a second. */
struct walked_check {
    const char *mode; /* that it belongs to */
    const char *name; /* its own: "2 threads" */
    struct orders_subject (*subject)(const struct walked_check *check);
    unsigned threads; /* for `subject` */
    unsigned rounds;
    unsigned finds; /* the faults that it is for; an order with another fault
                     * ends there and shows nothing */
    struct orders_bounds bounds;
};

struct walked_exercise {
    const char *name; /* 03_fair_lock */

    /* Find the student's functions. Returns one of them. */
    void *(*load)(const struct harness *harness);

    const struct walked_check *check;
    size_t checks;

    /* A mode that is no walk reports what it counts. May be NULL. */
    void (*count)(const struct harness *harness);
};

/* The harness's main(). */
int walked_main(int argc, char **argv, const struct walked_exercise *exercise);

/* For a subject's `begin`: the student's variables are as they were when the
 * file was loaded. What `make` allocates belongs to the execution. */
void walked_begin(void (*make)(void));

/* For a body: it works on what the student's code is to guard. Two threads that
 * do so without an order between them have a data race. */
void walked_work(void);

/* A step that comes when *count is `least` or more, and all other threads have
 * ended or stand still: they wait for something, or look at it again and again.
 * For a walk of one order, in which one thread comes after the other. */
void walked_when_still(const char *text, const unsigned *count, unsigned least);

#endif
