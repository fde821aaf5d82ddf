/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/puzzle.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/lab/json.h"
#include "common/lab/screen.h"

void puzzle_rows(struct option_row rows[PUZZLE_ROWS],
                 struct puzzle_options *options)
{
    const struct option_row all[PUZZLE_ROWS] = {
        {.name = "puzzle",
         .value = "SEED",
         .help = "ask a question instead; each seed is another one",
         .kind = OPTION_WHOLE,
         .into = &options->seed,
         .low = 1,
         .high = UINT32_MAX},
        {.name = "answer",
         .value = "TEXT",
         .help = "your answer to the puzzle",
         .kind = OPTION_TEXT,
         .into = &options->answer},
        {.name = "solve",
         .help = "show the puzzle's answer, and why",
         .kind = OPTION_FLAG,
         .into = &options->solve},
        {.name = "gift",
         .value = "N",
         .help = "N puzzles from this seed on, as a file for Moodle",
         .kind = OPTION_WHOLE,
         .into = &options->gift,
         .low = 1,
         .high = 1000}};
    memcpy(rows, all, sizeof all);
}

void puzzle_options_check(const struct option_row rows[PUZZLE_ROWS],
                          struct puzzle_options *options)
{
    options->asked = rows[0].given;
    for (size_t i = 1; i < PUZZLE_ROWS; i++) {
        if (rows[i].given && !options->asked)
            fail_usage("--%s needs --puzzle SEED", rows[i].name);
        for (size_t j = i + 1; j < PUZZLE_ROWS; j++)
            if (rows[i].given && rows[j].given)
                fail_usage("--%s and --%s exclude each other", rows[i].name,
                           rows[j].name);
    }
}

uint64_t puzzle_chance(uint64_t *seed, uint64_t low, uint64_t high)
{
    uint64_t mixed = *seed += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    return low + mixed % (high - low + 1);
}

void puzzle_line(char *text, size_t bytes, const char *format, ...)
{
    size_t length = strlen(text);
    va_list args;
    va_start(args, format);
    int written = vsnprintf(text + length, bytes - length, format, args);
    va_end(args);
    if (written < 0 || length + (size_t)written + 2 > bytes)
        fail("a puzzle is too long: %zu bytes", bytes);
    strcat(text, "\n");
}

size_t puzzle_words(char *answer, char **word, size_t most)
{
    size_t words = 0;
    for (char *at = answer; *(at += strspn(at, " ,\t\n"));) {
        if (words < most)
            word[words] = at;
        words++;
        at += strcspn(at, " ,\t\n");
        if (*at)
            *at++ = '\0';
    }
    return words;
}

/* A text inside a GIFT question: its own signs are marked, lines are kept. */
static void gift_text(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", file);
        else if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '&')
            fputs("&amp;", file);
        else
            fprintf(file, strchr("~=#{}:\\", *text) ? "\\%c" : "%c", *text);
    }
}

static void gift_question(FILE *file, const struct puzzle_lab *lab,
                          const struct puzzle *puzzle)
{
    fprintf(file, "::%s puzzle %" PRIu64 "::[html]<pre>", lab->name,
            puzzle->seed);
    gift_text(file, puzzle->question);
    fputs("Answer with ", file);
    gift_text(file, puzzle->form);
    fputs("</pre>{", file);
    if (puzzle->tolerance > 0) {
        fprintf(file, "#%s:%.9g", puzzle->answer, puzzle->tolerance);
    } else if (!puzzle->open) {
        fputc('=', file);
        gift_text(file, puzzle->answer);
    }
    fputs("####<pre>", file);
    gift_text(file, puzzle->solution);
    fputs("</pre>}\n\n", file);
}

static void write_gift(const struct puzzle_lab *lab,
                       const struct puzzle_options *options)
{
    struct puzzle puzzle;
    for (uint64_t i = 0; i < options->gift; i++) {
        lab->make(&puzzle, options->seed + i);
        gift_question(stdout, lab, &puzzle);
    }
}

static void write_json(const struct puzzle_lab *lab,
                       const struct puzzle *puzzle,
                       const struct puzzle_options *options, const char *path,
                       enum puzzle_verdict verdict, const char *why)
{
    json_t *json = json_pack(
        "{s:i, s:s, s:{s:I, s:s, s:s, s:s}}", "schema", 1, "lab", lab->name,
        "puzzle", "seed", (json_int_t)puzzle->seed, "level", puzzle->level,
        "question", puzzle->question, "form", puzzle->form);
    if (options->answer)
        json_object_set_new(json, "answer",
                            json_pack("{s:b, s:s}", "right",
                                      verdict == PUZZLE_RIGHT, "why", why));
    if (options->solve)
        json_object_set_new(json, "solution",
                            json_pack("{s:s, s:s}", "answer", puzzle->answer,
                                      "why", puzzle->solution));
    json_write(json, path);
}

static void print(const struct puzzle *puzzle,
                  const struct puzzle_options *options,
                  enum puzzle_verdict verdict, const char *why)
{
    if (options->answer) {
        screen_line("%s%s%s", verdict == PUZZLE_RIGHT ? "right" : "wrong",
                    why[0] ? ": " : "", why);
        return;
    }
    screen_line("puzzle %" PRIu64 ": %s\n\n%s\n--answer \"...\": %s",
                puzzle->seed, puzzle->level, puzzle->question, puzzle->form);
    if (options->solve)
        screen_line("\nanswer: %s\n\n%s", puzzle->answer, puzzle->solution);
}

int puzzle_play(const struct puzzle_lab *lab,
                const struct puzzle_options *options, const char *json)
{
    struct puzzle puzzle;
    char why[1000] = "";
    enum puzzle_verdict verdict = PUZZLE_RIGHT;
    if (options->gift && json)
        fail_usage("--gift and --json exclude each other");
    if (options->gift) {
        write_gift(lab, options);
        finish_output();
        return 0;
    }
    lab->make(&puzzle, options->seed);
    if (options->answer)
        verdict = lab->check(&puzzle, options->answer, why, sizeof why);
    if (verdict == PUZZLE_UNREADABLE)
        fail_usage("--answer: '%s' is not an answer; expected: %s",
                   options->answer, puzzle.form);
    print(&puzzle, options, verdict, why);
    if (json)
        write_json(lab, &puzzle, options, json, verdict, why);
    finish_output();
    return verdict == PUZZLE_RIGHT ? 0 : STATUS_FAILED;
}
