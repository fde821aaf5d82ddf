/* SPDX-License-Identifier: MIT
 *
 * What makes two moments the same. Thread 1 locks a, then thread 2 locks b; or
 * the other way round: afterwards all is the same, and so is everything that
 * can follow. Steps matter to each other only if they touch the same object,
 * and not both merely look at it.
 *
 * So each step gets a number that is made of the steps that it builds on: the
 * last one of its thread, and the last ones that changed the objects that it
 * touches. Two orders whose threads end with the same numbers are one order in
 * which neighbours that do not matter to each other have changed places. (The
 * numbers are hashes of 64 bits; Mazurkiewicz 1977; CHESS does the same.)
 *
 * This holds for code whose accesses to memory are seen, or are guarded by
 * what is seen. What else a check remembers it must tell (orders.h).
 */
#ifndef VIRTUAL_HISTORY_H
#define VIRTUAL_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/virtual/threads.h"

struct history;

struct history *history_new(void);
void history_free(struct history *history);

/* A new execution begins. */
void history_begin(struct history *history);

/* `me` has done the step of its point, which changed nothing if it `only_looks`
 * at its object. `which` tells apart what else it decided, such as the thread
 * that it woke. */
void history_step(struct history *history, const struct thread *me,
                  unsigned which, bool only_looks);

/* The number of this moment. */
uint64_t history_moment(struct history *history, const struct threads *threads);

#endif
