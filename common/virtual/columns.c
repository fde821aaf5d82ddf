/* SPDX-License-Identifier: MIT */
#include "common/virtual/columns.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/source_line.h"
#include "common/virtual/words.h"

enum {
    LINE = 80,
    NUMBER = 5, /* the step's, and what follows it */
    COLUMN = 14,
    FIRST = 20, /* steps that are shown of a long order ... */
    LAST = 60   /* ... and of its end */
};

struct row {
    unsigned thread;
    struct orders_step step; /* thread 0: a plain access */
    struct point point;
    char place[200];
};

struct rows {
    struct row *row;
    size_t count;
    unsigned threads; /* that make a step */
};

static void add_row(void *with, const struct thread *thread,
                    const struct orders_step *step)
{
    struct rows *rows = with;
    rows->row = reallocate(rows->row, rows->count + 1, sizeof *rows->row);
    struct row *row = &rows->row[rows->count++];
    *row = (struct row){.thread = thread->number, .point = thread->point};
    if (step)
        row->step = *step;
    if (rows->threads < thread->number)
        rows->threads = thread->number;
}

static bool is_use(const struct row *row, const struct orders_use *use)
{
    return !row->step.thread && row->thread == use->thread &&
           row->point.place.at == use->place.at;
}

/* Of the plain accesses leave only the last ones that are the race's. */
static void leave_race(struct rows *rows, const struct orders_use race[2])
{
    bool seen[2] = {race[0].thread == 0, race[1].thread == 0};
    size_t kept = rows->count;
    for (size_t i = rows->count; i > 0; i--) {
        const struct row row = rows->row[i - 1];
        bool keeps = row.step.thread;
        for (size_t use = 0; use < 2; use++) {
            bool last = !seen[use] && is_use(&row, &race[use]);
            keeps = keeps || last;
            seen[use] = seen[use] || last;
        }
        if (keeps)
            rows->row[--kept] = row;
    }
    rows->count -= kept;
    memmove(rows->row, rows->row + kept, rows->count * sizeof *rows->row);
}

/* The word for a step. */
static const char *word(const struct row *row)
{
    if (row->step.woken)
        return word_of_woken((enum woken)row->step.woken);
    if (row->point.kind == POINT_NOTE)
        return row->point.object;
    return word_of(row->point.kind);
}

static void print_row(FILE *out, const struct row *row, size_t number,
                      unsigned threads)
{
    char cell[100];
    snprintf(cell, sizeof cell, "%.80s", word(row));
    if (row->step.wakes)
        snprintf(cell, sizeof cell, "wakes %u", row->step.wakes);
    if (row->step.thread)
        fprintf(out, "%*zu  ", NUMBER - 2, number);
    else
        fprintf(out, "%*s", NUMBER, "race ");
    int before = COLUMN * (int)(row->thread - 1);
    int column = COLUMN * (int)threads;
    fprintf(out, "%*s", before, "");
    if (!*row->place)
        fprintf(out, "%s\n", cell);
    else
        fprintf(out, "%-*s", column - before, cell);
}

/* The file that all steps are in; NULL: there are several. */
static const char *only_file(const struct rows *rows)
{
    const char *only = NULL;
    for (size_t i = 0; i < rows->count; i++) {
        const char *place = place_without_folder(rows->row[i].place);
        if (only && *place && strncmp(only, place, strcspn(only, ":") + 1))
            return NULL;
        if (*place)
            only = place;
    }
    return only;
}

/* Where it is, and what stands there. */
static void print_source(FILE *out, const struct row *row, unsigned threads,
                         bool names_file)
{
    char source[200];
    const char *place = place_without_folder(row->place);
    if (!names_file)
        place += strcspn(place, ":") + 1;
    int length = fprintf(out, names_file ? "%s" : "%4s", place);
    int room = LINE - NUMBER - COLUMN * (int)threads - length - 2;
    if (room > 0 && source_line(row->place, source, sizeof source))
        fprintf(out, "  %.*s", room, source);
    fputc('\n', out);
}

static void print_rows(FILE *out, const struct rows *rows)
{
    const char *file = only_file(rows);
    fprintf(out, "%*s", NUMBER, "");
    for (unsigned i = 1; i <= rows->threads; i++)
        fprintf(out, "thread %-*u", file || i < rows->threads ? COLUMN - 7 : 0,
                i);
    if (file)
        fprintf(out, "%.*s", (int)strcspn(file, ":"), file);
    fputc('\n', out);
    size_t number = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct row *row = &rows->row[i];
        number += row->step.thread > 0;
        if (i >= FIRST && rows->count - i > LAST) {
            if (i == FIRST)
                fprintf(out, "  ...\n");
            continue;
        }
        print_row(out, row, number, rows->threads);
        if (*row->place)
            print_source(out, row, rows->threads, !file);
    }
}

bool columns_follow(FILE *out, const struct orders_subject *subject,
                    const struct orders_bounds *bounds,
                    const struct orders_step *step, size_t steps,
                    struct orders_result *result)
{
    struct rows rows = {.threads = subject->threads};
    bool right =
        orders_follow(subject, bounds, step, steps, add_row, &rows, result);
    leave_race(&rows, result->race);
    size_t number = 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct row *row = &rows.row[i];
        if (row->point.kind != POINT_NOTE)
            place_text(row->point.place, row->place, sizeof row->place);
        if (row->step.thread && number < steps)
            row->step.wakes = step[number++].wakes;
    }
    if (rows.count > 0)
        print_rows(out, &rows);
    free(rows.row);
    return right;
}

/* Break the line between words. */
static void print_wrapped(FILE *out, const char *text)
{
    size_t column = 0;
    while (*text) {
        size_t length = strcspn(text, " ");
        if (column > 0 && column + 1 + length > LINE) {
            fputs("\n ", out);
            column = 1;
        }
        if (column > 0)
            fputc(' ', out);
        column += length + (column > 0);
        fwrite(text, 1, length, out);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

void columns_print(FILE *out, const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_result *result)
{
    struct orders_result again;
    if (!result->fault)
        return;
    print_wrapped(out, result->text);
    columns_follow(out, subject, bounds, result->step, result->steps, &again);
}
