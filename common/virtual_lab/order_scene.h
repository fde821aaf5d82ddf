/* SPDX-License-Identifier: MIT
 *
 * For order_puzzles.c: what a puzzle of lab 14 is about, and an order of it.
 */
#ifndef VIRTUAL_LAB_ORDER_SCENE_H
#define VIRTUAL_LAB_ORDER_SCENE_H

#include <stdatomic.h>

#include "common/virtual/guests.h"
#include "common/virtual/order.h"
#include "common/virtual_lab/puzzle.h"

/* What the puzzles are about: the lab's lock, with its mistakes, and its
 * counter. They set what the pointers point to. */
struct order_stage {
    const char *lab;
    const struct guests *lock;
    int *mistake;
    const char *const *mistakes; /* 0: none; NULL ends */
    void (*add)(void *with, unsigned thread);
    atomic_int *counter;
    uint64_t *additions;
};

struct order_scene {
    struct guests guests;
    struct orders_subject subject;
    struct orders_bounds bounds;
    enum orders_fault fault; /* what an order is to show */
    char shows[400];         /* and in words */
    struct order order;      /* that the question shows */
};

/* A new scene; the one before is forgotten. */
void order_scene_begin(struct order_scene *scene);

/* It is about the lock, with this mistake. */
void order_scene_lock(struct order_scene *scene,
                      const struct order_stage *stage, int mistake,
                      unsigned threads, unsigned rounds);

/* Append an order to the text, in columns. */
void order_scene_show(struct order_scene *scene, char *text, size_t bytes,
                      const struct orders_step *step, size_t steps);

/* Write the shortest order that fails as the answer and the solution. False:
 * none does. */
bool order_scene_solve(struct order_scene *scene, struct puzzle *puzzle);

#endif
