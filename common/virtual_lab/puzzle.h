/* SPDX-License-Identifier: MIT
 *
 * Puzzles: a lab's questions with blanks, as many as there are seeds. A lab
 * makes a puzzle from its seed and checks an answer by computing what happens;
 * no answer is stored. All else is here: the options, asking, the verdict, the
 * solution, JSON, and a file of questions for Moodle.
 *
 *     --puzzle SEED                 ask
 *     --puzzle SEED --answer "..."  say whether that is right, or why not
 *     --puzzle SEED --solve         show the answer, and why
 *     --puzzle SEED --gift N        the puzzles SEED to SEED+N-1 in Moodle's
 *                                   GIFT format
 */
#ifndef VIRTUAL_LAB_PUZZLE_H
#define VIRTUAL_LAB_PUZZLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/lab/command_line.h"

struct puzzle {
    uint64_t seed;
    const char *level;   /* what it is about: "when is the lock asked for" */
    char question[4000]; /* lines */
    char form[200];      /* an answer: "5 numbers of tasks, as in: 1 2 1 2 2" */
    char answer[200];    /* the right one (or one that is right) */
    bool open; /* other answers are right, too: Moodle gets it as an essay */
    double tolerance;    /* the answer is a number: so much off is right; 0: it
                          * is words */
    char solution[4000]; /* lines that show why */
    void *with;          /* the lab's own */
};

enum puzzle_verdict {
    PUZZLE_RIGHT,
    PUZZLE_WRONG,
    PUZZLE_UNREADABLE, /* it has not the form of an answer */
};

/* What a lab knows of its puzzles. */
struct puzzle_lab {
    const char *name;
    void (*make)(struct puzzle *puzzle, uint64_t seed);

    /* Check an answer. If it is wrong, write what happens at the first place
     * where it differs. */
    enum puzzle_verdict (*check)(const struct puzzle *puzzle,
                                 const char *answer, char *why, size_t bytes);
};

/* What the command line says. */
struct puzzle_options {
    bool asked; /* --puzzle was given: play, in place of a run */
    uint64_t seed;
    const char *answer; /* NULL: none */
    bool solve;
    uint64_t gift; /* 0: none */
};

enum {
    PUZZLE_ROWS = 4
};

/* The rows of these options, and what was wrong with them: a usage error. */
void puzzle_rows(struct option_row rows[PUZZLE_ROWS],
                 struct puzzle_options *options);
void puzzle_options_check(const struct option_row rows[PUZZLE_ROWS],
                          struct puzzle_options *options);

/* Returns the exit status: failed for a wrong answer, usage for one that cannot
 * be read. `json` is as in struct options. */
int puzzle_play(const struct puzzle_lab *lab,
                const struct puzzle_options *options, const char *json);

/* For makers: a number from low to high, from the seed that it changes. */
uint64_t puzzle_chance(uint64_t *seed, uint64_t low, uint64_t high);

/* Append a line to a text of so many bytes. Fails if it does not fit. */
__attribute__((format(printf, 3, 4))) void puzzle_line(char *text, size_t bytes,
                                                       const char *format, ...);

/* Split an answer at blanks and commas, in place: at most `most` words. Returns
 * how many there were. */
size_t puzzle_words(char *answer, char **word, size_t most);

#endif
