/* SPDX-License-Identifier: MIT
 *
 * The puzzles of lab 13, in five levels: who holds the lock when, when is it
 * asked for, how many hand-offs, how long does an I/O thread wait, does
 * CPU/wall pass 1. Each is a scene that the lab plays on its machine.
 */
#ifndef VIRTUAL_LAB_LOCK_PUZZLES_H
#define VIRTUAL_LAB_LOCK_PUZZLES_H

struct stage;

/* The puzzle that the stage's settings ask for. Returns the exit status. */
int lock_puzzles_play(struct stage *stage);

#endif
