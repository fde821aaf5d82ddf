/* SPDX-License-Identifier: MIT
 *
 * Every order of a lock's steps, and every order of a counter's.
 */
#ifndef VIRTUAL_LAB_LOCK_WALK_H
#define VIRTUAL_LAB_LOCK_WALK_H

#include <stdatomic.h>

#include "common/virtual/guests.h"

struct walks;

/* Walk a lock with guests: say what it promises, and what came of it. Returns
 * the exit status. */
int lock_walk(struct walks *walks, const struct guests *guests);

/* Threads that add to `counter` without a lock, `additions` each: say which
 * sums there are, and show an order of the smallest. */
int counter_walk(struct walks *walks, unsigned threads,
                 void (*add)(void *with, unsigned thread), atomic_int *counter,
                 unsigned additions);

/* The counter for a caller that walks it itself. A sum from low to high is what
 * is sought. */
struct orders_subject counter_subject(unsigned threads,
                                      void (*add)(void *with, unsigned thread),
                                      atomic_int *counter);
void counter_seek(int low, int high);
int counter_sum(void);

#endif
