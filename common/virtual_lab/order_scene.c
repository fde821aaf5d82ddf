/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/order_scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/columns.h"

void order_scene_begin(struct order_scene *scene)
{
    free(scene->order.step);
    *scene = (struct order_scene){
        .bounds = {.preemptions = 2, .time_outs = 1, .no_rescue = true}};
}

void order_scene_lock(struct order_scene *scene,
                      const struct order_stage *stage, int mistake,
                      unsigned threads, unsigned rounds)
{
    *stage->mistake = mistake;
    scene->guests = *stage->lock;
    scene->guests.threads = threads;
    scene->guests.rounds = rounds;
    scene->subject = guests_subject(&scene->guests);
}

void order_scene_show(struct order_scene *scene, char *text, size_t bytes,
                      const struct orders_step *step, size_t steps)
{
    struct orders_result result;
    char *columns = NULL;
    size_t size;
    FILE *file = open_memstream(&columns, &size);
    if (!file)
        fail("out of memory: a puzzle");
    columns_follow(file, &scene->subject, &scene->bounds, step, steps, &result);
    if (fclose(file) != 0)
        fail("out of memory: a puzzle");
    puzzle_line(text, bytes, "%s", columns);
    free(columns);
}

bool order_scene_solve(struct order_scene *scene, struct puzzle *puzzle)
{
    struct orders_result result;
    orders_walk(&scene->subject, &scene->bounds, &result);
    scene->fault = result.fault;
    if (result.fault) {
        char *text = order_text(result.step, result.steps);
        snprintf(puzzle->answer, sizeof puzzle->answer, "%s", text);
        free(text);
        snprintf(scene->shows, sizeof scene->shows, "%s", result.text);
        puzzle_line(puzzle->solution, sizeof puzzle->solution, "%s",
                    result.text);
        order_scene_show(scene, puzzle->solution, sizeof puzzle->solution,
                         result.step, result.steps);
    }
    orders_free(&result);
    return scene->fault;
}
