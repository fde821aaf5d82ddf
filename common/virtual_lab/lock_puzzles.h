/* SPDX-License-Identifier: MIT
 *
 * The puzzles of lab 13, in five levels: who holds the lock when, when is it
 * asked for, how many hand-offs, how long does an I/O thread wait, does
 * CPU/wall pass 1. Each is a scene that the lab plays on its machine.
 */
#ifndef VIRTUAL_LAB_LOCK_PUZZLES_H
#define VIRTUAL_LAB_LOCK_PUZZLES_H

#include "common/virtual_lab/puzzle.h"

struct stage;

/* The puzzles on that stage, which must outlive them. */
struct puzzle_lab lock_puzzles(struct stage *stage);

#endif
