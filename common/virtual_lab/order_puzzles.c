/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/order_puzzles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/virtual/order.h"
#include "common/virtual_lab/lock_walk.h"
#include "common/virtual_lab/order_scene.h"

#define LINE(text, ...) puzzle_line(text, sizeof text, __VA_ARGS__)

enum level {
    SUM,
    TWO_INSIDE,
    STUCK,
    WHICH,
    WHO,
    LEVELS
};

/* What the puzzle that was made last is about. */
static enum level level;
static struct order_scene scene;
static const struct order_stage *stage;

static void ask_for_order(struct puzzle *puzzle)
{
    LINE(
        puzzle->question,
        "\nWrite who makes each step: 1x3 is thread 1, three times, and 2t is\n"
        "thread 2 whose time is up. After your last step each thread goes on\n"
        "for as long as it can.");
    snprintf(puzzle->form, sizeof puzzle->form,
             "an order of steps, as in: 1x3,2,2t,1");
    puzzle->open = true;
}

static void make_sum(struct puzzle *puzzle, uint64_t *seed)
{
    *stage->additions = puzzle_chance(seed, 2, 4);
    int additions = (int)*stage->additions;
    int sum = (int)puzzle_chance(seed, 2, 2 * *stage->additions - 1);
    scene.subject = counter_subject(2, stage->add, stage->counter);
    scene.bounds.preemptions = 1000;
    LINE(puzzle->question,
         "Two threads add 1 to a counter, %d times each, without a lock. Each\n"
         "addition is two steps: the first reads the counter, the second "
         "writes\n"
         "what was read, plus 1. The sum should be %d.\n\n"
         "Find an order in which it is %d.",
         additions, 2 * additions, sum);
    ask_for_order(puzzle);
    counter_seek(sum, sum);
    order_scene_solve(&scene, puzzle);
}

static void make_two_inside(struct puzzle *puzzle, uint64_t *seed)
{
    unsigned threads = (unsigned)puzzle_chance(seed, 2, 3);
    order_scene_lock(&scene, stage, 1, threads,
                     (unsigned)puzzle_chance(seed, 1, 2));
    LINE(puzzle->question,
         "Take the lock of labs/%s.c with --mistake %s.\n"
         "%u threads take it and drop it, %s.\n\n"
         "Find an order in which two threads have it at the same time.",
         stage->lab, stage->mistakes[1], threads,
         scene.guests.rounds == 1 ? "once" : "twice");
    ask_for_order(puzzle);
    order_scene_solve(&scene, puzzle);
}

/* A mistake, from the chosen one on, that shows so. */
static void choose_mistake(struct puzzle *puzzle, uint64_t *seed,
                           enum orders_fault fault)
{
    int count = 0;
    while (stage->mistakes[count + 1])
        count++;
    int mistake = (int)puzzle_chance(seed, 1, (uint64_t)count);
    unsigned threads = (unsigned)puzzle_chance(seed, 2, 3);
    for (int i = 0; i < count; i++) {
        puzzle->solution[0] = '\0';
        order_scene_lock(&scene, stage, 1 + (mistake - 1 + i) % count, threads,
                         1);
        if (order_scene_solve(&scene, puzzle) &&
            (!fault || scene.fault == fault))
            return;
    }
    fail("none of the lab's mistakes makes such a puzzle");
}

static void make_stuck(struct puzzle *puzzle, uint64_t *seed)
{
    choose_mistake(puzzle, seed, ORDERS_STUCK);
    LINE(puzzle->question,
         "Take the lock of labs/%s.c with --mistake %s.\n"
         "%u threads take it and drop it once.\n\n"
         "Find an order after which nobody can go on.",
         stage->lab, stage->mistakes[*stage->mistake], scene.guests.threads);
    ask_for_order(puzzle);
}

static void make_which(struct puzzle *puzzle, uint64_t *seed)
{
    const char *wrong;
    choose_mistake(puzzle, seed, ORDERS_NO_FAULT);
    if (!order_parse(&scene.order, puzzle->answer, &wrong))
        fail("a puzzle's order is none: %s", wrong);
    LINE(puzzle->question,
         "One line of the lock in labs/%s.c is wrong. This order shows it:\n\n"
         "%s",
         stage->lab, scene.shows);
    order_scene_show(&scene, puzzle->question, sizeof puzzle->question,
                     scene.order.step, scene.order.steps);
    LINE(puzzle->question, "Which --mistake is it?");
    snprintf(puzzle->form, sizeof puzzle->form, "one of: ");
    for (size_t i = 1; stage->mistakes[i]; i++) {
        size_t length = strlen(puzzle->form);
        snprintf(puzzle->form + length, sizeof puzzle->form - length, "%s%s",
                 i > 1 ? ", " : "", stage->mistakes[i]);
    }
    snprintf(puzzle->answer, sizeof puzzle->answer, "%s",
             stage->mistakes[*stage->mistake]);
    puzzle->solution[0] = '\0';
    LINE(puzzle->solution, "With --mistake %s the threads make these steps.",
         puzzle->answer);
}

/* The threads that can go on after the order so far, without a time-out. */
static size_t who_can_go_on(unsigned who[GUESTS_MOST])
{
    struct orders_result result;
    size_t count = 0;
    orders_follow(&scene.subject, &scene.bounds, scene.order.step,
                  scene.order.steps, NULL, NULL, &result);
    for (const char *at = strchr(result.text, ':'); at && *at;
         at += strcspn(at, ",")) {
        char *end;
        unsigned thread = (unsigned)strtoul(at + 2, &end, 10);
        if (*end != 't' && *end != 'n')
            who[count++] = thread;
        at = end;
    }
    return count;
}

static void sorted_numbers(char *text, size_t bytes, const unsigned *who,
                           size_t count)
{
    *text = '\0';
    for (unsigned thread = 1; thread <= GUESTS_MOST; thread++)
        for (size_t i = 0; i < count; i++)
            if (who[i] == thread)
                snprintf(text + strlen(text), bytes - strlen(text), "%s%u",
                         *text ? " " : "", thread);
}

static void make_who(struct puzzle *puzzle, uint64_t *seed)
{
    unsigned who[GUESTS_MOST];
    size_t steps = (size_t)puzzle_chance(seed, 5, 20), can;
    order_scene_lock(&scene, stage, 0, (unsigned)puzzle_chance(seed, 2, 4), 1);
    scene.order.step = allocate(steps, sizeof *scene.order.step);
    while ((can = who_can_go_on(who)) > 0 && scene.order.steps < steps)
        scene.order.step[scene.order.steps++] = (struct orders_step){
            .thread = (uint16_t)who[puzzle_chance(seed, 0, can - 1)]};
    sorted_numbers(puzzle->answer, sizeof puzzle->answer, who, can);
    LINE(puzzle->question,
         "%u threads take the lock of labs/%s.c once. These steps are done:\n",
         scene.guests.threads, stage->lab);
    order_scene_show(&scene, puzzle->question, sizeof puzzle->question,
                     scene.order.step, scene.order.steps);
    LINE(puzzle->question,
         "Which threads can make a step now, without a time-out?");
    snprintf(puzzle->form, sizeof puzzle->form,
             "the numbers of threads, as in: 1 3");
    LINE(puzzle->solution,
         "The others have ended, wait for a signal, or for a mutex that\n"
         "another thread has.");
}

static const struct {
    const char *name;
    void (*make)(struct puzzle *puzzle, uint64_t *seed);
} levels[LEVELS] = {
    [SUM] = {"lose additions", make_sum},
    [TWO_INSIDE] = {"let two threads in", make_two_inside},
    [STUCK] = {"stop them all", make_stuck},
    [WHICH] = {"which line is wrong", make_which},
    [WHO] = {"who can go on", make_who},
};

static void make(struct puzzle *puzzle, uint64_t seed)
{
    uint64_t state = seed;
    order_scene_begin(&scene);
    level = (enum level)((seed + LEVELS - 1) % LEVELS);
    *puzzle = (struct puzzle){.seed = seed, .level = levels[level].name};
    levels[level].make(puzzle, &state);
}

/* Is this an order that shows what is wanted? */
static enum puzzle_verdict check_order(const char *answer, char *why,
                                       size_t bytes)
{
    struct order order;
    struct orders_result result;
    const char *wrong;
    scene.bounds.finish = true;
    if (!order_parse(&order, answer, &wrong)) {
        free(order.step);
        return PUZZLE_UNREADABLE;
    }
    orders_follow(&scene.subject, &scene.bounds, order.step, order.steps, NULL,
                  NULL, &result);
    free(order.step);
    if (result.fault == scene.fault && result.fault != ORDERS_NO_FAULT)
        return PUZZLE_RIGHT;
    if (!result.fault && level == SUM)
        snprintf(why, bytes, "the sum is %d", counter_sum());
    else
        snprintf(why, bytes, "%s",
                 result.fault ? result.text
                              : "all come to their end, and nothing is wrong");
    return PUZZLE_WRONG;
}

/* Does this mistake show the same in that order? */
static enum puzzle_verdict check_mistake(const char *answer, char *why,
                                         size_t bytes)
{
    struct orders_result result;
    int mistake = 1;
    while (stage->mistakes[mistake] &&
           strcmp(stage->mistakes[mistake], answer) != 0)
        mistake++;
    if (!stage->mistakes[mistake])
        return PUZZLE_UNREADABLE;
    order_scene_lock(&scene, stage, mistake, scene.guests.threads,
                     scene.guests.rounds);
    orders_follow(&scene.subject, &scene.bounds, scene.order.step,
                  scene.order.steps, NULL, NULL, &result);
    if (result.fault && strcmp(result.text, scene.shows) == 0)
        return PUZZLE_RIGHT;
    snprintf(why, bytes, "with --mistake %s, %s", answer,
             result.fault ? result.text : "nothing is wrong in this order");
    return PUZZLE_WRONG;
}

static enum puzzle_verdict check_who(const struct puzzle *puzzle,
                                     const char *answer, char *why,
                                     size_t bytes)
{
    char copy[200], numbers[200], *word[GUESTS_MOST];
    unsigned who[GUESTS_MOST] = {0};
    snprintf(copy, sizeof copy, "%s", answer);
    size_t count = puzzle_words(copy, word, GUESTS_MOST);
    if (count > GUESTS_MOST)
        return PUZZLE_UNREADABLE;
    for (size_t i = 0; i < count; i++) {
        uint64_t thread;
        if (!number_whole(word[i], &thread) || thread < 1 ||
            thread > scene.guests.threads)
            return PUZZLE_UNREADABLE;
        who[i] = (unsigned)thread;
    }
    sorted_numbers(numbers, sizeof numbers, who, count);
    if (strcmp(numbers, puzzle->answer) == 0)
        return PUZZLE_RIGHT;
    snprintf(why, bytes, "look for each thread's last step: does it wait?");
    return PUZZLE_WRONG;
}

static enum puzzle_verdict check(const struct puzzle *puzzle,
                                 const char *answer, char *why, size_t bytes)
{
    switch (level) {
    case WHICH:
        return check_mistake(answer, why, bytes);
    case WHO:
        return check_who(puzzle, answer, why, bytes);
    default:
        return check_order(answer, why, bytes);
    }
}

int order_puzzles_play(const struct order_stage *on,
                       const struct puzzle_options *options, const char *json)
{
    const struct puzzle_lab lab = {on->lab, make, check};
    stage = on;
    return puzzle_play(&lab, options, json);
}
