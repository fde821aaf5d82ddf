/* SPDX-License-Identifier: MIT
 *
 * The tree of all orders, walked depth first. At a moment where several things
 * can happen next there is a fork. An execution takes the first way at each new
 * fork. The next execution goes the same way up to the last fork that has a way
 * left, takes that one, and again the first way at each fork after it:
 *
 *     do {
 *         start from the beginning;
 *         while (something can happen)
 *             way = search_knows(search) ? search_again(...)
 *                                        : search_fork(...);
 *     } while (search_next(search, failed));
 *
 * Where the moment at a fork has been there before, all that can follow has
 * been seen: the execution is cut short. How many orders follow is known, so
 * all of them are counted though few are walked.
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

    size_t shorter_than;    /* cut what is not; 0: nothing */
    bool cut;               /* this execution was */
    double orders, failing; /* that follow where it was cut; at last, all */
};

void search_begin(struct search *search);
void search_end(struct search *search);

/* On the way that it went before: is there another fork on it? Then which way
 * to go, of `ways`; `ways`: none, for this is not what was here before. A
 * `witness` tells one fork from another, as far as it can be had for nothing.
 */
static inline bool search_knows(const struct search *search)
{
    return search->at < search->forks;
}

size_t search_again(struct search *search, size_t ways, uint32_t witness);

/* At a new fork: which way to go; `ways`: none, cut short. `length` is how many
 * steps the order has so far. */
size_t search_fork(struct search *search, size_t ways, uint32_t witness,
                   uint64_t moment, size_t length);

/* An execution has ended. False: it was the last one. */
bool search_next(struct search *search, bool failed);

#endif
