/* SPDX-License-Identifier: MIT
 *
 * The tree of all orders, walked depth first. This is the stateless search of
 * VeriSoft (Godefroid, POPL 1997) with a table of the moments that were seen.
 *
 * At a moment where several things can happen next there is a fork. An
 * execution takes the first way at each new fork. The next execution goes the
 * same way up to the last fork that has a way left. It takes that way, and
 * again the first way at each fork after it:
 *
 *     do {
 *         start from the beginning;
 *         while (something can happen)
 *             way = search_knows(search) ? search_again(...)
 *                                        : search_fork(...);
 *     } while (search_next(search, failed));
 *
 * If the moment at a fork has been seen before, all that can follow has been
 * seen. The execution is cut short there. The table knows how many orders
 * follow. So all orders are counted, though few are walked. There may be more
 * than 2^64 of them: their numbers are doubles.
 */
#ifndef VIRTUAL_SEARCH_H
#define VIRTUAL_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct search {
    struct fork *fork;
    size_t forks; /* on the way to where it is */
    size_t at;    /* passed in this execution */
    size_t most;  /* room */

    struct moment *moment; /* seen, in a hash table */
    size_t moments;
    size_t slots;

    /* The caller may set this: an order of so many steps, or more, is cut
     * short. 0: none is. */
    size_t shorter_than;

    /* After the last execution: how many orders there are, and how many of them
     * fail. Before that, those that follow where an execution was cut. */
    double orders, failing;
    bool cut; /* this execution was cut short */
};

/* Begin a search at the root. Its memory is freed by search_end(). The program
 * fails where there is none. */
void search_begin(struct search *search);
void search_end(struct search *search);

/* Is the execution still on the way that the last one went, before a fork that
 * is known? */
static inline bool search_knows(const struct search *search)
{
    return search->at < search->forks;
}

/* At such a fork, which has so many ways: the way to go, from 0; or `ways`, if
 * this is not the fork that was here in the last execution. The `witness` is
 * any number that differs where forks differ. */
size_t search_again(struct search *search, size_t ways, uint32_t witness);

/* At a new fork: the way to go, from 0; or `ways`: the execution is cut short.
 * `moment` is the number of this moment (history.h). `length` is how many steps
 * the order has so far. */
size_t search_fork(struct search *search, size_t ways, uint32_t witness,
                   uint64_t moment, size_t length);

/* An execution has ended, and `failed` if it showed a mistake. False: it was
 * the last one. */
bool search_next(struct search *search, bool failed);

#endif
