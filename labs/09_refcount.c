/* SPDX-License-Identifier: MIT
 *
 * Why is there a lock at all, and what replaces it?
 *
 * CPython counts the references to every object, several times in a line of
 * Python, and frees it when the last one is dropped. Here all threads take and
 * drop references to one object. A run for each way to count, all in
 * common/python/refcount.c:
 *
 *     plain    load, add, store
 *     lock     the same code, under the interpreter lock
 *     atomic   one atomic addition
 *     biased   the owner plainly, the others atomically (PEP 703, Python 3.13t)
 *
 * Predict: which are right with two threads, and which with --tasks 1? What
 * does each cost a thread that is alone, as most are? And two threads at once?
 * Who gains from biased counting?
 *
 * In plain and lock a thread naps now and then between load and store, so that
 * the fault of plain shows in nearly every run; where it was right by luck it
 * is run again, up to five times. The document does not ask this.
 */
#include <inttypes.h>

#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/python/refcount.h"
#include "common/run/alone.h"

static const struct lab lab = {
    .name = "09_refcount",
    .question = "Why is there a lock at all, and what replaces it?",
    .options = OPTIONS_TASKS,
};

static const char *const ways[] = {"plain", "lock", "atomic", "biased", NULL};
static const char *const ends[] = {"any", "first", "last", NULL};
static int owner_ends;

static double one_try(size_t way, const struct options *options)
{
    struct object object;
    object_init(&object, (enum counting)way, 1);
    return alone_ns(options, 1000000, object_use, &object) / 2;
}

/* All tasks use one object. True: it was freed once, and none are left. */
static bool share(struct run *run, int way, const struct options *options,
                  uint64_t turns)
{
    struct object object;
    struct gil gil;
    object_init(&object, (enum counting)way, options->tasks);
    object.owner_ends = (enum owner_ends)owner_ends;
    screen_line("\n%s:", ways[way]);
    gil_init(&gil, &options->lock);
    run_init(run, "threads", options, turns);
    if (way == COUNT_LOCK)
        run_lock(run, &gil);
    run_begin(run);
    for (size_t i = 0; i < run->tasks; i++) {
        run->task[i].with = &object;
        task_start(&run->task[i], object_use);
    }
    for (size_t i = 0; i < run->tasks; i++)
        task_join(&run->task[i]);
    run_end(run);
    gil_destroy(&gil);

    int64_t left = object_references(&object);
    bool right = left == 0 && object.freed == 1;
    screen_line("%" PRId64 " references left, freed %d times: %s", left,
                object.freed, right ? "right" : "wrong");
    run_text(run, "counting", "counting", ways[way]);
    run_figure(run, "expected", NULL, 0, 0);
    run_figure(run, "final", NULL, 0, (double)left);
    run_figure(run, "freed", NULL, 0, object.freed);
    run_flag(run, "right", NULL, right);
    if (right || way == COUNT_PLAIN)
        return right;
    task_fail(&run->task[0],
              "%s counting: %" PRId64 " references left, freed "
              "%d times",
              ways[way], left, object.freed);
    run->failed++;
    return false;
}

/* What a take or a drop costs, and how many times what plain costs alone. */
static void print_cost(struct run *run, int way, const double *alone)
{
    double operations = 2.0 * (double)run->tasks * (double)run->task[0].result;
    double ns = run->time.cpu_s * 1e9 / operations;
    run_figure(run, "ns_per_op", NULL, 2, ns);
    run_figure(run, "ns_alone", NULL, 2, alone[way]);
    run_figure(run, "ratio", NULL, 2, ns / alone[COUNT_PLAIN]);
    run_figure(run, "ratio_alone", NULL, 2, alone[way] / alone[COUNT_PLAIN]);
    screen_line("%-9s %8.2f ns %7.1f x %9.2f ns %7.1f x", ways[way], alone[way],
                alone[way] / alone[COUNT_PLAIN], ns, ns / alone[COUNT_PLAIN]);
    if (way != COUNT_BIASED)
        return;
    run_figure(run, "ns_alone_other", NULL, 2, alone[COUNT_STRANGER]);
    screen_line("%-9s %8.2f ns %7.1f x", "not owner", alone[COUNT_STRANGER],
                alone[COUNT_STRANGER] / alone[COUNT_PLAIN]);
}

int main(int argc, char **argv)
{
    int chosen = -1; /* all */
    uint64_t count = 10000000;
    struct option_row rows[] = {
        {"count", 0, "N",
         "references a task takes and drops (default 10000000)", OPTION_WHOLE,
         &count, 1, 1000000000, NULL, false},
        {"counting", 0, "WAY", "plain, lock, atomic or biased (default all)",
         OPTION_WORD, &chosen, 0, 0, ways, false},
        {"owner", 0, "WHEN", "biased: ends first, last or any time (default)",
         OPTION_WORD, &owner_ends, 0, 0, ends, false},
    };
    struct options options = lab_begin_with(&lab, rows, 3, argc, argv);
    options.lock.interval_us = 500; /* or few hand-offs in so short a run */
    struct report report = {.lab = &lab, .options = &options, .count = count};
    int first = chosen < 0 ? 0 : chosen;
    int last = chosen < 0 ? COUNT_BIASED : chosen;
    struct run run[COUNT_STRANGER];
    double alone[COUNT_STRANGER + 1];

    for (int way = first; way <= last; way++) {
        report.run[way - first] = &run[way];
        int tries = way == COUNT_PLAIN && options.tasks > 1 ? 5 : 1;
        while (share(&run[way], way, &options, count) && --tries > 0)
            run_free(&run[way]);
    }
    alone_compare(COUNT_STRANGER + 1, alone, one_try, &options);
    screen_line("\nCPU time of a take or a drop\n%18s%27" PRIu64 " at once",
                "alone", options.tasks);
    for (int way = first; way <= last; way++)
        print_cost(&run[way], way, alone);
    return report_finish(&report);
}
