/* SPDX-License-Identifier: MIT */
#include "common/run/cpu_load.h"

#include <inttypes.h>

#include "common/run/count.h"

enum {
    PIECE = 65536 /* additions between two looks at `stop` */
};

void cpu_load_count(struct cpu_load *load, struct task *task)
{
    uint64_t additions = 0;
    _Atomic uint64_t done; /* not the task's: it has no end to come nearer to */
    atomic_store_explicit(&task->todo, 0, memory_order_relaxed);
    for (; !load->stop; additions += PIECE) {
        task->result += count_range_with_checkpoints(
            additions, additions + PIECE, &done, &task->gil_thread);
        load->additions += PIECE;
    }
    if (task->result != count_sum(additions))
        task_fail(task, "the sum of %" PRIu64 " additions is %" PRIu64,
                  additions, task->result);
}

double cpu_load_lap(struct cpu_load *load)
{
    uint64_t additions = load->additions - load->lap_additions;
    int64_t ns = wall_ns() - load->lap_ns;
    load->lap_additions += additions;
    load->lap_ns += ns;
    return (double)additions * 1e9 / (double)ns;
}
