/* SPDX-License-Identifier: MIT */
#include "common/virtual/names.h" /* gil_policies are the virtual ones */

#include "common/virtual_lab/lock_puzzles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/number.h"
#include "common/virtual_lab/puzzle.h"
#include "common/virtual_lab/scene.h"
#include "common/virtual_lab/settings.h"

#define LINE(text, ...) puzzle_line(text, sizeof text, __VA_ARGS__)

static struct stage *stage;

/* One of a few numbers. At most one draw stands in a statement: of several in
 * one call each compiler may make another one first. */
static uint64_t pick(uint64_t *seed, const uint64_t *from, size_t count)
{
    return from[puzzle_chance(seed, 0, count - 1)];
}
#define PICK(seed, ...)                                                        \
    pick(seed, (const uint64_t[]){__VA_ARGS__},                                \
         sizeof(const uint64_t[]){__VA_ARGS__} / sizeof(uint64_t))

/* Level 1. */

enum {
    BLANKS = 5
};

static struct holder {
    int64_t ns;
    const struct event *took;
} holder[BLANKS];

/* Who holds the lock, and for some time before and after. */
static const struct event *holder_at(int64_t ns)
{
    enum {
        MARGIN_NS = 100000
    };
    const struct event *took = NULL;
    for (size_t i = 0; i < stage->events->count; i++) {
        const struct event *event = &stage->events->event[i];
        if (event->ns > ns + MARGIN_NS)
            break;
        if (event->kind == EVENT_TAKES)
            took = event;
        else if (event->kind == EVENT_DROPS)
            took = NULL;
    }
    return took && took->ns < ns - MARGIN_NS ? took : NULL;
}

static void make_holders(struct puzzle *puzzle, uint64_t *seed)
{
    char answer[40] = "", how_long[40], line[200];
    uint64_t interval_us = PICK(seed, 1000, 2000, 4000, 5000);
    uint64_t wake_us = PICK(seed, 50, 100, 200);
    scene_set(stage, &gil_interval, puzzle_chance(seed, 2, 3), interval_us,
              wake_us);
    double ms = (double)interval_us * 5 / (double)stage->options->tasks / 1e3;
    snprintf(how_long, sizeof how_long, "%.2f ms", ms);
    scene_play(stage, ms / 1e3);
    scene_describe(stage, puzzle->question, sizeof puzzle->question, how_long);
    scene_beginning(stage, puzzle->question, sizeof puzzle->question);
    LINE(puzzle->question, "Which task holds the lock");
    for (int i = 0; i < BLANKS; i++) {
        int64_t ns =
            (int64_t)interval_us * (i * 1000 + 300) +
            (int64_t)puzzle_chance(seed, 0, 6) * (int64_t)interval_us * 100;
        ns -= ns % 100000;
        while (!holder_at(ns))
            ns += 100000;
        holder[i] = (struct holder){ns, holder_at(ns)};
        LINE(puzzle->question, "  at %6.1f ms?  ____", (double)ns / 1e6);
        snprintf(answer + strlen(answer), sizeof answer - strlen(answer),
                 "%s%u", i ? " " : "", holder[i].took->task);
        LINE(puzzle->solution,
             "at %.1f ms task %u; it took the lock here:", (double)ns / 1e6,
             holder[i].took->task);
        LINE(puzzle->solution, "%s",
             settings_event(holder[i].took, line, sizeof line));
    }
    strcpy(puzzle->answer, answer);
    snprintf(puzzle->form, sizeof puzzle->form,
             "%d numbers of tasks, as in: 1 1 2 1 2", BLANKS);
}

static enum puzzle_verdict check_holders(const struct puzzle *puzzle,
                                         char *answer, char *why, size_t bytes)
{
    char line[200];
    char *word[BLANKS];
    (void)puzzle;
    if (puzzle_words(answer, word, BLANKS) != BLANKS)
        return PUZZLE_UNREADABLE;
    uint64_t task[BLANKS];
    for (int i = 0; i < BLANKS; i++)
        if (!number_whole(word[i], &task[i]) || task[i] < 1 ||
            task[i] > stage->options->tasks)
            return PUZZLE_UNREADABLE;
    for (int i = 0; i < BLANKS; i++) {
        if (task[i] == holder[i].took->task)
            continue;
        snprintf(
            why, bytes, "at %.1f ms task %u holds the lock, not task %u:\n%s",
            (double)holder[i].ns / 1e6, holder[i].took->task, (unsigned)task[i],
            settings_event(holder[i].took, line, sizeof line));
        return PUZZLE_WRONG;
    }
    return PUZZLE_RIGHT;
}

/* Levels 2 to 4: one number. */

static void set_number(struct puzzle *puzzle, int decimals, double answer,
                       double tolerance, const char *unit)
{
    snprintf(puzzle->answer, sizeof puzzle->answer, "%.*f", decimals, answer);
    puzzle->tolerance = tolerance;
    snprintf(puzzle->form, sizeof puzzle->form,
             "one number%s, as in: 12.5 (%.3g more or less is right)", unit,
             tolerance);
}

static void make_asks(struct puzzle *puzzle, uint64_t *seed)
{
    static const char *const place[] = {"second", "third", "fourth"};
    uint64_t nth = puzzle_chance(seed, 2, 4);
    uint64_t wake_us = PICK(seed, 200, 300, 500);
    scene_set(stage, &gil_interval, 2, PICK(seed, 1000, 2000, 5000), wake_us);
    scene_play(stage, (double)stage->options->lock.interval_us * 6 / 1e6);
    scene_describe(stage, puzzle->question, sizeof puzzle->question,
                   "a long time");
    scene_beginning(stage, puzzle->question, sizeof puzzle->question);
    LINE(puzzle->question, "When does a task ask for the lock for the %s time?",
         place[nth - 2]);
    size_t asks = scene_find(stage, 0, EVENT_ASKS, nth);
    scene_events(stage, puzzle->solution, sizeof puzzle->solution,
                 scene_find(stage, 0, EVENT_ASKS, nth - 1), asks);
    set_number(puzzle, 3, (double)stage->events->event[asks].ns / 1e6,
               (double)wake_us / 2e3, " of milliseconds");
}

static void make_handoffs(struct puzzle *puzzle, uint64_t *seed)
{
    uint64_t wake_us = PICK(seed, 50, 100, 250, 500);
    scene_set(stage, &gil_interval, 2, PICK(seed, 1000, 2000, 5000, 10000),
              wake_us);
    scene_play(stage, 1);
    scene_describe(stage, puzzle->question, sizeof puzzle->question,
                   "a second");
    double handoffs = run_value(&stage->run, "handoffs");
    LINE(puzzle->question,
         "How often does the lock go to another task, in the whole run?");
    LINE(puzzle->solution,
         "From one hand-off to the next there is one interval "
         "and two wake-ups:");
    size_t from = scene_find(stage, 0, EVENT_TAKES, 2);
    scene_events(stage, puzzle->solution, sizeof puzzle->solution, from,
                 scene_find(stage, from, EVENT_TAKES, 2));
    set_number(puzzle, 0, handoffs, (double)(1 + (int)(handoffs / 50)), "");
}

static void make_wait(struct puzzle *puzzle, uint64_t *seed)
{
    uint64_t wake_us = PICK(seed, 50, 100, 200, 400);
    scene_set(stage, &gil_interval, 2, PICK(seed, 100, 500, 1000, 5000, 20000),
              wake_us);
    stage->settings->io = (struct settings_io){100000000, 2000000};
    scene_play(stage, 2);
    LINE(puzzle->question,
         "Task 1 does I/O: every 100 ms, for 2 ms. Task 2 counts.");
    LINE(puzzle->question,
         "The switch interval is %g ms, and a wake-up takes %g ms.",
         (double)stage->options->lock.interval_us / 1e3,
         (double)stage->settings->machine.wake_ns / 1e6);
    LINE(puzzle->question,
         "How long does task 1 wait for the lock after an I/O, in the median?");
    double ms = run_value(&stage->run, "wait_p50_us") / 1e3;
    size_t from = scene_find(stage, 0, EVENT_SLEEPS, 2);
    from = scene_find(stage, from, EVENT_WAKES, 2);
    scene_events(stage, puzzle->solution, sizeof puzzle->solution, from,
                 scene_find(stage, from, EVENT_TAKES, 1));
    set_number(puzzle, 3, ms, ms * 0.05, " of milliseconds");
}

static enum puzzle_verdict check_number(const struct puzzle *puzzle,
                                        char *answer, char *why, size_t bytes)
{
    char *word[1];
    double given;
    if (puzzle_words(answer, word, 1) != 1 || !number_seconds(word[0], &given))
        return PUZZLE_UNREADABLE;
    double off = given - strtod(puzzle->answer, NULL);
    if (off <= puzzle->tolerance && -off <= puzzle->tolerance)
        return PUZZLE_RIGHT;
    snprintf(why, bytes, "it is %s, not %s\n%s", puzzle->answer, word[0],
             puzzle->solution);
    return PUZZLE_WRONG;
}

/* Level 5. */

enum {
    SCENES = 4
};
static double used[SCENES]; /* CPU/wall */

static void make_processors(struct puzzle *puzzle, uint64_t *seed)
{
    LINE(puzzle->question, "Does CPU/wall clearly pass 1?");
    for (int i = 0; i < SCENES; i++) {
        const struct gil_policy *policy =
            gil_policies[puzzle_chance(seed, 0, 3)];
        unsigned processors = (unsigned)PICK(seed, 1, 2, 2, 4);
        scene_set(stage, policy, puzzle_chance(seed, 1, 3), GIL_INTERVAL_US,
                  50);
        stage->settings->machine.processors = processors;
        stage->settings->machine.seed = 1;
        stage->settings->events = false;
        scene_play(stage, 0.01);
        used[i] = stage->run.time.cpu_s / stage->run.time.wall_s;
        LINE(puzzle->question,
             "  --lock %-8s  %u task%s  %u processor%-1s  ____", policy->name,
             (unsigned)stage->options->tasks,
             stage->options->tasks == 1 ? " " : "s", processors,
             processors == 1 ? "" : "s");
        LINE(puzzle->solution, "line %d: %.2f", i + 1, used[i]);
        puzzle->answer[2 * i] = used[i] > 1.02 ? 'y' : 'n';
        puzzle->answer[2 * i + 1] = i < SCENES - 1 ? ' ' : '\0';
    }
    snprintf(puzzle->form, sizeof puzzle->form,
             "%d times y or n, as in: y n n y", SCENES);
}

static enum puzzle_verdict check_processors(const struct puzzle *puzzle,
                                            char *answer, char *why,
                                            size_t bytes)
{
    char *word[SCENES];
    if (puzzle_words(answer, word, SCENES) != SCENES)
        return PUZZLE_UNREADABLE;
    for (int i = 0; i < SCENES; i++)
        if (strcmp(word[i], "y") != 0 && strcmp(word[i], "n") != 0)
            return PUZZLE_UNREADABLE;
    for (int i = 0; i < SCENES; i++) {
        if (word[i][0] == puzzle->answer[2 * i])
            continue;
        snprintf(why, bytes, "in line %d CPU/wall is %.2f", i + 1, used[i]);
        return PUZZLE_WRONG;
    }
    return PUZZLE_RIGHT;
}

static const struct level {
    const char *name;
    void (*make)(struct puzzle *puzzle, uint64_t *seed);
    enum puzzle_verdict (*check)(const struct puzzle *puzzle, char *answer,
                                 char *why, size_t bytes);
} levels[] = {
    {"who holds the lock", make_holders, check_holders},
    {"when is the lock asked for", make_asks, check_number},
    {"how many hand-offs", make_handoffs, check_number},
    {"how long does I/O wait for the lock", make_wait, check_number},
    {"does CPU/wall pass 1", make_processors, check_processors},
};

static const struct level *level_of(uint64_t seed)
{
    return &levels[(seed - 1) % (sizeof levels / sizeof levels[0])];
}

static void make(struct puzzle *puzzle, uint64_t seed)
{
    *puzzle = (struct puzzle){.seed = seed, .level = level_of(seed)->name};
    level_of(seed)->make(puzzle, &seed);
}

static enum puzzle_verdict check(const struct puzzle *puzzle,
                                 const char *answer, char *why, size_t bytes)
{
    char words[200];
    snprintf(words, sizeof words, "%s", answer);
    return level_of(puzzle->seed)->check(puzzle, words, why, bytes);
}

int lock_puzzles_play(struct stage *on)
{
    const struct puzzle_lab lab = {"13_gil_virtual", make, check};
    struct puzzle_options asked = on->settings->puzzle; /* scenes change it */
    stage = on;
    return puzzle_play(&lab, &asked, on->options->json);
}
