/* SPDX-License-Identifier: MIT */
#include "common/lab/table.h"

#include <stdio.h>
#include <string.h>

enum {
    WIDTH = 80,      /* of a line */
    FIXED_WIDTH = 51 /* of a line up to "at once" */
};

/* A column as wide as its heading and the gap, at least 9. */
static int width(const char *heading)
{
    int length = (int)strlen(heading) + 2;
    return length < 9 ? 9 : length;
}

/* The columns of the table: every heading that some run has, once, as long as
 * the line stays within 80 columns. The JSON has them all. */
static size_t headings(struct run *const *runs, const struct figure **seen,
                       size_t room)
{
    size_t columns = 0;
    int room_left = WIDTH - FIXED_WIDTH;
    for (struct run *const *run = runs; *run; run++) {
        for (size_t i = 0; i < (*run)->figures; i++) {
            const struct figure *figure = &(*run)->figure[i];
            bool known = !figure->heading;
            for (size_t j = 0; j < columns && !known; j++)
                known = strcmp(seen[j]->heading, figure->heading) == 0;
            if (known || columns == room || width(figure->heading) > room_left)
                continue;
            room_left -= width(figure->heading);
            seen[columns++] = figure;
        }
    }
    return columns;
}

static void print_times(const char *name, int decimals, double each_s,
                        double total_s)
{
    printf("%-10s", name);
    if (each_s > 0)
        printf("%9.*f s", decimals, each_s);
    else
        printf("%11s", "");
    if (total_s > 0)
        printf("%9.*f s", decimals, total_s);
}

static void print_figure(const struct figure *figure)
{
    int wide = width(figure->heading);
    if (figure->text)
        printf("%*s", wide, figure->text);
    else if (figure->is_flag)
        printf("%*s", wide, figure->value != 0 ? "yes" : "no");
    else
        printf(" %*.*f", wide - 1, figure->decimals, figure->value);
}

static void print_run(const struct run *run, const struct figure **column,
                      size_t columns)
{
    print_times(run->label ? run->label : run->name, 3, run_each_s(run),
                run->time.wall_s);
    unsigned at_once = at_once_most(&run->at_once);
    printf("%10.2f", cpu_per_wall(&run->time));
    int blanks = 0; /* of columns that this run does not have */
    if (at_once)
        printf("%9u", at_once);
    else
        blanks = 9;
    for (size_t i = 0; i < columns; i++) {
        const struct figure *found = NULL;
        for (size_t j = 0; j < run->figures; j++)
            if (run->figure[j].heading &&
                strcmp(run->figure[j].heading, column[i]->heading) == 0)
                found = &run->figure[j];
        if (!found) {
            blanks += width(column[i]->heading);
            continue;
        }
        printf("%*s", blanks, "");
        blanks = 0;
        print_figure(found);
    }
    putchar('\n');
}

void table_print(struct run *const *runs, const struct document_row *document)
{
    const struct figure *column[MAX_FIGURES] = {NULL};
    size_t columns = headings(runs, column, MAX_FIGURES);
    printf("\n%-10s%11s%11s%10s%9s", "", "each  ", "total  ", "CPU/wall",
           "at once");
    for (size_t i = 0; i < columns; i++)
        printf("%*s", width(column[i]->heading), column[i]->heading);
    putchar('\n');
    for (struct run *const *run = runs; *run; run++)
        print_run(*run, column, columns);
    const struct document_row *row = document;
    for (; row && row->name; row++) {
        print_times(row->name, 2, row->each_s, row->total_s);
        putchar('\n');
    }
    putchar('\n');
}
