/* SPDX-License-Identifier: MIT */
#include "common/virtual/order.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/words.h"

enum {
    MOST_TIMES = 1000000 /* of a step: more than any walk makes */
};

static void add(struct order *order, struct orders_step step)
{
    order->step = reallocate(order->step, order->steps + 1, sizeof step);
    order->step[order->steps++] = step;
}

/* A number from 1 to `most` at *text, which moves behind it; 0: none is there.
 */
static unsigned number(const char **text, unsigned most)
{
    unsigned value = 0;
    for (; **text >= '0' && **text <= '9' && value <= most; ++*text)
        value = value * 10 + (unsigned)(**text - '0');
    return value <= most ? value : 0;
}

/* "2", "2t", "2n", "1>3" or "2x4" at *text, which moves behind it. Returns how
 * often; 0: it is none of these. */
static unsigned parse_step(struct orders_step *step, const char **text)
{
    *step =
        (struct orders_step){.thread = (uint16_t)number(text, ORDERS_THREADS)};
    if (!step->thread)
        return 0;
    switch (**text) {
    case '>':
        ++*text;
        step->wakes = (uint16_t)number(text, ORDERS_THREADS);
        return step->wakes > 0;
    case 'x':
        ++*text;
        return number(text, MOST_TIMES);
    case 't':
        ++*text;
        step->woken = WOKEN_BY_TIME;
        return 1;
    case 'n':
        ++*text;
        step->woken = WOKEN_BY_NOTHING;
        return 1;
    default:
        return 1;
    }
}

bool order_parse(struct order *order, const char *text, const char **wrong)
{
    *order = (struct order){0};
    for (;; text++) {
        struct orders_step step;
        *wrong = text;
        unsigned times = parse_step(&step, &text);
        if (!times || (*text && *text != ','))
            return false;
        for (unsigned i = 0; i < times; i++)
            add(order, step);
        if (!*text)
            return true;
    }
}

/* Returns `text`, of at least 20 bytes. */
static const char *step_text(const struct orders_step *step, char *text)
{
    if (step->wakes)
        snprintf(text, 20, "%u>%u", step->thread, step->wakes);
    else
        snprintf(text, 20, "%u%s", step->thread,
                 letter_of_woken((enum woken)step->woken));
    return text;
}

/* How many of the steps are the same as the first one, and no more than that a
 * thread goes on. */
static size_t repeats(const struct orders_step *step, size_t steps)
{
    size_t count = 1;
    while (count < steps && !step->wakes && !step->woken &&
           step[count].thread == step->thread && !step[count].wakes &&
           !step[count].woken)
        count++;
    return count;
}

char *order_text(const struct orders_step *step, size_t steps)
{
    char *all = allocate(steps + 1, 20);
    char *end = all, one[20];
    for (size_t i = 0; i < steps;) {
        size_t times = repeats(&step[i], steps - i);
        end += sprintf(end, "%s%s", i ? "," : "", step_text(&step[i], one));
        if (times > 1)
            end += sprintf(end, "x%zu", times);
        i += times;
    }
    return all;
}

struct writing {
    FILE *file;
    const struct orders_result *result;
    size_t steps;
};

static void write_step(void *with, const struct thread *thread,
                       const struct orders_step *step)
{
    struct writing *writing = with;
    char text[20], place[300];
    bool noted = thread->point.kind == POINT_NOTE;
    if (!step || writing->steps == writing->result->steps)
        return;
    fprintf(writing->file, "%-5s %-14s %s\n",
            step_text(&writing->result->step[writing->steps++], text),
            word_of(thread->point.kind),
            noted ? (const char *)thread->point.object
                  : place_text(thread->point.place, place, sizeof place));
}

void order_write(FILE *file, const char *of,
                 const struct orders_subject *subject,
                 const struct orders_bounds *bounds,
                 const struct orders_result *result)
{
    struct orders_result again;
    char *steps = NULL;
    size_t bytes;
    /* Meanwhile standard output may go nowhere (silence.h). */
    FILE *memory = open_memstream(&steps, &bytes);
    if (!memory)
        fail("out of memory: an order");
    orders_follow(subject, bounds, result->step, result->steps, write_step,
                  &(struct writing){memory, result, 0}, &again);
    if (fclose(memory) != 0)
        fail("out of memory: an order");
    fprintf(file, "order of %s\n# %s\n%s", of, result->text, steps);
    free(steps);
}

/* A line of the file. False: it is none of an order's. */
static bool read_step(struct order *order, const char *line)
{
    char word[20] = "";
    enum point_kind kind;
    struct orders_step step;
    if (!parse_step(&step, &line) || sscanf(line, " %19s", word) != 1 ||
        !word_kind(word, &kind))
        return false;
    step.kind = (uint8_t)(kind + 1);
    add(order, step);
    return true;
}

bool order_read(struct order *order, FILE *file, const char *of, char *error,
                size_t error_bytes)
{
    char line[512];
    *order = (struct order){0};
    if (!fgets(line, sizeof line, file) || strncmp(line, "order of ", 9) != 0) {
        snprintf(error, error_bytes, "line 1: not an order of steps");
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line + 9, of) != 0) {
        snprintf(error, error_bytes, "an order of '%s', not of '%s'", line + 9,
                 of);
        return false;
    }
    for (size_t number = 2; fgets(line, sizeof line, file); number++) {
        if (*line == '#' || line[strspn(line, " \t\r\n")] == '\0' ||
            read_step(order, line))
            continue;
        snprintf(error, error_bytes, "line %zu: not a step of an order",
                 number);
        return false;
    }
    return true;
}
