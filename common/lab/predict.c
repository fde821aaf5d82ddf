/* SPDX-License-Identifier: MIT */
#include "common/lab/predict.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/number.h"

#define MOST_S 86400

static const struct {
    const char *name;
    double factor;
} words[] = {{"same", 1}, {"half", 0.5}, {"double", 2}};

/* The word's factor; 0: it is none. */
static double factor_of(const char *text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(text, words[i].name) == 0)
            return words[i].factor;
    return 0;
}

static bool accepted(struct prediction *prediction, const char *text,
                     double task_s)
{
    double factor = factor_of(text);
    double seconds = factor * task_s;
    if (strlen(text) >= sizeof prediction->text)
        return false;
    if (factor == 0 && !number_seconds(text, &seconds))
        return false;
    if (seconds < 0.001 || seconds > MOST_S)
        return false;
    strcpy(prediction->text, text);
    prediction->expected_s = seconds;
    prediction->task_s = task_s;
    return true;
}

static void trim(char *line)
{
    size_t end = strlen(line);
    while (end > 0 && isspace((unsigned char)line[end - 1]))
        line[--end] = '\0';
    memmove(line, line + strspn(line, " \t"), end + 1 - strspn(line, " \t"));
}

static void ask(struct prediction *prediction, double task_s)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        fail_usage("--predict: 'ask' needs a terminal to ask on; "
                   "say it here, as --predict 2");
    char line[80];
    do {
        fprintf(stderr, "How long will the whole run take? seconds%s: ",
                task_s > 0 ? ", or same, half, double of one task" : "");
        if (!fgets(line, sizeof line, stdin))
            fail_usage("--predict: 'ask' got no answer");
        trim(line);
    } while (!accepted(prediction, line, task_s));
}

void prediction_read(struct prediction *prediction, const char *text,
                     double task_s)
{
    if (strcmp(text, "ask") == 0) {
        ask(prediction, task_s);
        return;
    }
    if (factor_of(text) > 0 && task_s <= 0)
        fail_usage("--predict: '%s' of what? How long one task takes is not "
                   "known here: say seconds",
                   text);
    if (!accepted(prediction, text, task_s))
        fail_usage("--predict: '%s' is not a number of seconds from 0.001 to "
                   "%d, as 2 or 0.5, nor same, half, double or ask",
                   text, MOST_S);
}

void prediction_print(const struct prediction *prediction, double measured_s)
{
    bool word = factor_of(prediction->text) > 0;
    printf("predicted %s%s%.3f s; measured %.3f s: %.2f times that\n",
           word ? prediction->text : "", word ? ": " : "",
           prediction->expected_s, measured_s,
           measured_s / prediction->expected_s);
}
