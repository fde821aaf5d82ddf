/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/real.h"

#include "common/base/statistics.h"
#include "common/lab/screen.h"
#include "common/run/calibrate.h"
#include "common/run/count.h"
#include "common/run/rounds.h"
#include "common/run/wakeup.h"
#include "common/virtual_lab/settings.h"

enum {
    ROUNDS = 5,
    WAYS = 2 /* threads, and one by one */
};

struct real {
    const struct gil_config *lock;
    uint64_t tasks;
    uint64_t additions;
};

/* What the machine is like, each time that it was measured. */
static struct {
    double wake_ns[ROUNDS * WAYS];
    double late_ns[ROUNDS * WAYS];
    double addition_ps[ROUNDS * WAYS];
    size_t times;
} measured;

/* A calibration for less than a second makes shorter tries: as the machine is
 * measured often, they need not be long. */
static void measure(const struct gil_config *lock)
{
    struct wakeup wakeup = wakeup_measure();
    size_t i = measured.times++;
    measured.wake_ns[i] = (double)wakeup.signal_ns;
    measured.late_ns[i] = (double)wakeup.late_ns;
    measured.addition_ps[i] = 0.25e12 / (double)calibrate(0.25, lock);
}

static void describe(struct machine_config *machine)
{
    size_t n = measured.times;
    machine->wake_ns = (int64_t)median(measured.wake_ns, n);
    machine->late_ns = (int64_t)median(measured.late_ns, n);
    machine->addition_ps = (int64_t)median(measured.addition_ps, n);
    screen_line("\nthis machine: a wake-up takes %.1f us, a time limit comes "
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

static void make(struct run *run, size_t way, const void *with)
{
    static const char *const name[] = {"real_threads", "real_serial"};
    static const char *const label[] = {"real", "real alone"};
    const struct real *real = with;
    struct gil gil;
    measure(real->lock);
    gil_init(&gil, real->lock);
    run_init(run, name[way], real->tasks, real->additions);
    run->label = label[way];
    run_use_lock(run, &gil);
    run_begin(run);
    if (way == 0)
        run_all(run, count, NULL);
    else
        run_one_by_one(run, count, NULL);
    run_end(run);
    run_check(run, count_sum(real->additions));
    gil_destroy(&gil);
}

uint64_t real_run(struct run *run, struct machine_config *machine,
                  const struct gil_config *lock, const struct options *options)
{
    uint64_t additions = options->count;
    if (!additions)
        additions = calibrate(options->seconds / (double)ROUNDS, lock);
    const struct real real = {lock, options->tasks, additions};
    measured.times = 0;
    screen_line("on this machine:");
    rounds_make(make, &real, WAYS, ROUNDS, run);
    describe(machine);
    return additions;
}

void real_compare(const struct run *threads, const struct run *real)
{
    double handoffs = run_value(real, "handoffs_per_s");
    screen_line("virtual / real: each %.3f, total %.3f",
                run_each_s(threads) / run_each_s(real),
                threads->time.wall_s / real->time.wall_s);
    if (handoffs > 0)
        screen_line("hand-offs a second, virtual / real: %.3f",
                    run_value(threads, "handoffs_per_s") / handoffs);
}
