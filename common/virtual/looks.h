/* SPDX-License-Identifier: MIT
 *
 * Finds out threads that only look, again and again: at an atomic, at a mutex
 * that they do not get, or at what a mutex guards, while nobody changes it. And
 * whether anything has changed at all.
 */
#ifndef VIRTUAL_LOOKS_H
#define VIRTUAL_LOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/virtual/threads.h"

struct looks;

struct looks *looks_new(void);
void looks_free(struct looks *looks);

/* A new execution begins. */
void looks_begin(struct looks *looks);

/* `me` will do the step of its point now, or its plain access to memory. */
void looks_before(struct looks *looks, const struct thread *me);

/* `me` has done its step. True: all is as it was before. */
bool looks_step(struct looks *looks, const struct thread *me);

/* How often `thread` has looked in vain; and would it do so again? */
unsigned looks_in_vain(struct looks *looks, const struct thread *thread);
bool looks_nothing_new(struct looks *looks, const struct thread *thread);

/* How often something has changed. That a mutex has another owner, or that a
 * thread waits, does not count. */
uint64_t looks_changes(const struct looks *looks);

#endif
