/* SPDX-License-Identifier: MIT */
#include "timeline.h"

#include <stdio.h>
#include <unistd.h>

#include "portable.h"
#include "screen.h"

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
    if (holds > 0.75)
        return '#';
    if (holds > 0.25)
        return '+';
    if (io > 0.25)
        return '~';
    if (runs > 0.25)
        return '=';
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

void timeline_print(const struct run *run, unsigned ms)
{
    int columns = terminal_columns(STDOUT_FILENO) - LABEL - 1;
    int cells = columns < 20 ? 20 : columns > MAX_CELLS ? MAX_CELLS : columns;
    int64_t cell_ns = (int64_t)ms * 1000000 / cells;
    screen_line("who held the lock, %.1f ms a cell: "
                "# holds, + partly, . waits%s%s",
                (double)cell_ns / 1e6,
                has(run, LANE_RUNS) ? ", = runs free" : "",
                has(run, LANE_IO) ? ", ~ I/O" : "");
    size_t rows = run->tasks < MAX_ROWS ? run->tasks : MAX_ROWS;
    for (size_t i = 0; i < rows; i++) {
        char row[MAX_CELLS + 1];
        for (int c = 0; c < cells; c++) {
            int64_t from_ns = run->began_ns + c * cell_ns;
            row[c] = cell(&run->task[i].lane, from_ns, from_ns + cell_ns);
        }
        row[cells] = '\0';
        screen_line("task %-4u %s", run->task[i].number, row);
    }
    if (rows < run->tasks)
        screen_line("and %zu more", run->tasks - rows);
}
