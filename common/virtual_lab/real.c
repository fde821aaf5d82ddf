/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/real.h"

#include "common/lab/screen.h"
#include "common/run/calibrate.h"
#include "common/run/count.h"
#include "common/run/wakeup.h"
#include "common/virtual_lab/settings.h"

void real_describe(struct machine_config *machine,
                   const struct gil_config *lock)
{
    struct wakeup wakeup = wakeup_measure();
    machine->wake_ns = wakeup.signal_ns;
    machine->late_ns = wakeup.late_ns;
    machine->addition_ps = 1000000000000 / (int64_t)calibrate(1, lock);
    screen_line("this machine: a wake-up takes %.1f us, a time limit comes "
                "%.1f us late,\nan addition takes %.2f ns",
                (double)machine->wake_ns / 1e3, (double)machine->late_ns / 1e3,
                (double)machine->addition_ps / 1e3);
}

static void count(struct task *task)
{
    struct gil_thread *me = &task->gil_thread;
    gil_take(me);
    task->result = count_with_checkpoints(task->todo, &task->done, me);
    gil_drop(me);
}

static void run(struct run *run, const char *name, const char *label,
                const struct gil_config *lock, uint64_t tasks,
                uint64_t additions, bool one_by_one)
{
    struct gil gil;
    gil_init(&gil, lock);
    run_init(run, name, tasks, additions);
    run->label = label;
    run_use_lock(run, &gil);
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        task_start(&run->task[i], count);
        if (one_by_one)
            task_join(&run->task[i]);
    }
    for (size_t i = 0; i < run->tasks && !one_by_one; i++)
        task_join(&run->task[i]);
    run_end(run);
    run_check(run, count_sum(additions));
    gil_destroy(&gil);
}

void real_run(struct run *threads, struct run *serial,
              const struct gil_config *lock, uint64_t tasks, uint64_t additions)
{
    screen_line("the same on this machine:");
    run(threads, "real_threads", "real", lock, tasks, additions, false);
    run(serial, "real_serial", "real alone", lock, tasks, additions, true);
}

void real_compare(const struct run *threads, const struct run *real)
{
    double handoffs = settings_figure(real, "handoffs_per_s");
    screen_line("virtual / real: each %.3f, total %.3f",
                run_each_s(threads) / run_each_s(real),
                threads->time.wall_s / real->time.wall_s);
    if (handoffs > 0)
        screen_line("hand-offs a second, virtual / real: %.3f",
                    settings_figure(threads, "handoffs_per_s") / handoffs);
}
