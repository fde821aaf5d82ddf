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
 *
 * It also finds out threads that look again and again: at an atomic, a mutex
 * that they do not get, or what a mutex guards, while nobody changes it.
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

/* `me` will do the step of its point now, and it has done it. `which` tells
 * apart what else it decided, as whom it woke. */
void history_before(struct history *history, const struct thread *me);
void history_step(struct history *history, const struct thread *me,
                  unsigned which);

/* `me` has written to memory, which is no step, or done something else that
 * shows that it does not only look. */
void history_wrote(struct history *history, const struct thread *me);

/* The number of this moment. */
uint64_t history_moment(struct history *history, const struct threads *threads);

/* How often `thread` has looked in vain; and whether it would do so again. */
unsigned history_looks(struct history *history, const struct thread *thread);
bool history_nothing_new(struct history *history, const struct thread *thread);

#endif
