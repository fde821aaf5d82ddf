/* SPDX-License-Identifier: MIT */
#include "common/lab/timeline.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/portable.h"
#include "common/lab/screen.h"

enum {
    MAX_CELLS = 200,
    LABEL = 10,
    MAX_ROWS = 16
};

/* One cell: what the task did most of these nanoseconds. A lock that changes
 * hands faster than a cell is wide shows as shares. */
static char cell(const struct lane *lane, int64_t from_ns, int64_t to_ns)
{
    double width = (double)(to_ns - from_ns);
    double holds =
        (double)lane_time_ns(lane, LANE_HOLDS, from_ns, to_ns) / width;
    double waits =
        (double)lane_time_ns(lane, LANE_WAITS, from_ns, to_ns) / width;
    double io = (double)lane_time_ns(lane, LANE_IO, from_ns, to_ns) / width;
    double runs = (double)lane_time_ns(lane, LANE_RUNS, from_ns, to_ns) / width;
    double sleeps =
        (double)lane_time_ns(lane, LANE_SLEEPS, from_ns, to_ns) / width;
    if (holds > 0.75)
        return '#';
    if (holds > 0.25)
        return '+';
    if (io > 0.25)
        return '~';
    if (runs > 0.25)
        return '=';
    if (sleeps > 0.25)
        return '_';
    return waits > 0.25 || holds > 0 ? '.' : ' ';
}

static bool has(const struct run *run, enum lane_state state)
{
    for (size_t i = 0; i < run->tasks; i++)
        for (size_t j = 0; j < run->task[i].lane.slices; j++)
            if (run->task[i].lane.slice[j].state == state)
                return true;
    return false;
}

/* What the signs mean, of those that occur. */
static void legend(const struct run *run, char *text, size_t size)
{
    static const struct {
        enum lane_state state;
        const char *meaning;
    } sign[] = {{LANE_HOLDS, "# holds, + partly"},
                {LANE_WAITS, ". waits"},
                {LANE_RUNS, "= runs free"},
                {LANE_IO, "~ I/O"},
                {LANE_SLEEPS, "_ sleeps"}};
    text[0] = '\0';
    for (size_t i = 0; i < sizeof sign / sizeof sign[0]; i++)
        if (has(run, sign[i].state))
            snprintf(text + strlen(text), size - strlen(text), "%s%s",
                     text[0] ? ", " : "", sign[i].meaning);
}

static void print_head(const struct run *run, unsigned ms, int64_t cell_ns,
                       int columns)
{
    char head[80];
    char signs[80];
    snprintf(head, sizeof head,
             "who held the lock, first %u ms, %.1f ms a cell:", ms,
             (double)cell_ns / 1e6);
    legend(run, signs, sizeof signs);
    bool fits = (int)(strlen(head) + strlen(signs)) < columns;
    screen_line("%s%s%s", head, fits ? " " : "\n", signs);
}

/* When the first of the lanes was full, in nanoseconds from the run's begin; 0:
 * none was. */
static int64_t full_after_ns(const struct run *run)
{
    int64_t first = 0;
    for (size_t i = 0; i < run->tasks; i++) {
        const struct lane *lane = &run->task[i].lane;
        if (!lane->lost || !lane->slices)
            continue;
        int64_t ns = lane->slice[lane->slices - 1].end_ns - run->began_ns;
        if (!first || ns < first)
            first = ns;
    }
    return first;
}

static void end_row(char *row, int cells)
{
    while (cells > 0 && row[cells - 1] == ' ')
        cells--;
    row[cells] = '\0';
}

/* The task's row, and under it what is marked. */
static void print_rows(const struct task *task, int64_t from_ns,
                       int64_t cell_ns, int cells)
{
    const struct lane *lane = &task->lane;
    char row[MAX_CELLS + 1];
    for (int c = 0; c < cells; c++)
        row[c] = cell(lane, from_ns + c * cell_ns, from_ns + (c + 1) * cell_ns);
    end_row(row, cells);
    screen_line("task %-4u %s", task->number, row);
    if (!lane->marks)
        return;
    memset(row, ' ', (size_t)cells);
    for (size_t i = 0; i < lane->marks; i++) {
        int64_t first = (lane->mark[i].begin_ns - from_ns) / cell_ns;
        int64_t last = (lane->mark[i].end_ns - from_ns) / cell_ns;
        for (int64_t c = first; c <= last && c < cells; c++)
            row[c] = '^';
    }
    end_row(row, cells);
    if (row[0])
        screen_line("%-9s %s", lane->mark_name, row);
}

void timeline_print(const struct run *run, unsigned ms)
{
    if (!run->task[0].lane.capacity)
        return;
    int columns = terminal_columns(STDOUT_FILENO);
    int cells = columns - LABEL - 1;
    if (cells > MAX_CELLS)
        cells = MAX_CELLS;
    if (cells < 1)
        cells = 1;
    int64_t cell_ns = (int64_t)ms * 1000000 / cells;
    print_head(run, ms, cell_ns, columns);
    size_t rows = run->tasks < MAX_ROWS ? run->tasks : MAX_ROWS;
    for (size_t i = 0; i < rows; i++)
        print_rows(&run->task[i], run->began_ns, cell_ns, cells);
    if (rows < run->tasks)
        screen_line("and %zu more", run->tasks - rows);
    int64_t full_ns = full_after_ns(run);
    if (full_ns && full_ns < (int64_t)ms * 1000000)
        screen_line("the record was full after %.1f ms", (double)full_ns / 1e6);
}
