/* SPDX-License-Identifier: MIT */
#include "common/run/background.h"

#include <inttypes.h>

#include "common/lab/screen.h"
#include "common/run/work.h"

enum {
    PIECE = 65536 /* turns between two looks at `stop` */
};

void background_count(struct background *background, struct task *task)
{
    uint64_t turns = 0;
    _Atomic uint64_t done; /* not the task's own: progress is to an end */
    atomic_store_explicit(&task->todo, 0, memory_order_relaxed);
    for (; !background->stop; turns += PIECE) {
        task->result +=
            work_range_python(turns, turns + PIECE, &done, &task->python);
        background->turns += PIECE;
    }
    if (task->result != work_sum(turns))
        task_fail(task, "the sum of %" PRIu64 " turns is %" PRIu64, turns,
                  task->result);
}

double background_lap(struct background *background)
{
    uint64_t turns = background->turns - background->lap_turns;
    int64_t ns = wall_ns() - background->lap_ns;
    background->lap_turns += turns;
    background->lap_ns += ns;
    return (double)turns * 1e9 / (double)ns;
}

void background_figures(const struct background *background, struct run *run)
{
    if (background->beside <= 0 || background->alone <= 0)
        return;
    double lost = 100 - 100 * background->beside / background->alone;
    run_figure(run, "turns_per_s", NULL, 0, background->beside);
    run_figure(run, "lost_percent", NULL, 2, lost);
    screen_line("CPU threads: %.1f million turns a second, without requests "
                "%.1f",
                background->beside / 1e6, background->alone / 1e6);
}
