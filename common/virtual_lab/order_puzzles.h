/* SPDX-License-Identifier: MIT
 *
 * The puzzles of lab 14, in five levels. The first three ask for an order: one
 * in which additions are lost, one in which two threads have the lock, one in
 * which nobody can go on. The fourth shows an order that fails, and asks which
 * mistake is in the lock. The fifth asks which threads can go on.
 */
#ifndef VIRTUAL_LAB_ORDER_PUZZLES_H
#define VIRTUAL_LAB_ORDER_PUZZLES_H

#include "common/virtual_lab/order_scene.h"
#include "common/virtual_lab/puzzle.h"

/* Play a puzzle on that stage, which must outlive it. Returns the exit status.
 */
int order_puzzles_play(const struct order_stage *stage,
                       const struct puzzle_options *options, const char *json);

#endif
