/* SPDX-License-Identifier: MIT
 *
 * Does the lock make `counter += 1` safe?
 *
 * Threads add 1 to a global in a tiny Python (its evaluation loop is in
 * common/python/bytecode.c), under the interpreter lock of 05_gil_sim. The
 * statement is four bytecodes, and the lock may change hands at every
 * checkpoint.
 * --check bytecode: one after nearly every bytecode, as up to Python 3.9.
 * --check backward: one after jumps back and calls, as since 3.10 (bpo-29988).
 *
 * Predict: two threads add 1 ten million times each. Where does the counter
 * end? With one processor (taskset -c 0)? With --check backward? What does each
 * --fix cost? Is code right that loses nothing with --count 1000? With --lock
 * ticks? (Then try --lock ticks --every 99, and count the stars.)
 *
 * The interval is Python's own 5 ms; the turns are enough for dozens of
 * hand-offs, two in five of them between the load and the store.
 */
#include <inttypes.h>

#include "common/base/fail.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/python/bytecode.h"
#include "common/run/alone.h"

static const struct lab lab = {
    .name = "08_gil_race",
    .question = "Does the lock make `counter += 1` safe?",
    .options = OPTIONS_TASKS | OPTIONS_LOCK,
};

/* clang-format off */
static const struct instruction no_fix[] = {
    {FOR_ITER, 7}, {STORE_FAST, TURN}, /* for _ in range(n): */
    {LOAD_GLOBAL, 0}, {LOAD_CONST, 1}, {INPLACE_ADD, 0}, {STORE_GLOBAL, 0},
    {JUMP_BACKWARD, 0}, {RETURN_VALUE, 0},
};

static const struct instruction lock_fix[] = { /* the user's own lock */
    {FOR_ITER, 9}, {STORE_FAST, TURN},
    {CALL_ACQUIRE, 0},
    {LOAD_GLOBAL, 0}, {LOAD_CONST, 1}, {INPLACE_ADD, 0}, {STORE_GLOBAL, 0},
    {CALL_RELEASE, 0}, {JUMP_BACKWARD, 0}, {RETURN_VALUE, 0},
};

static const struct instruction local_fix[] = { /* one `counter += mine` */
    {FOR_ITER, 7}, {STORE_FAST, TURN},
    {LOAD_FAST, MINE}, {LOAD_CONST, 1}, {INPLACE_ADD, 0}, {STORE_FAST, MINE},
    {JUMP_BACKWARD, 0}, {CALL_ACQUIRE, 0},
    {LOAD_GLOBAL, 0}, {LOAD_FAST, MINE}, {INPLACE_ADD, 0}, {STORE_GLOBAL, 0},
    {CALL_RELEASE, 0}, {RETURN_VALUE, 0},
};
/* clang-format on */

static const struct instruction *const code[] = {no_fix, lock_fix, local_fix};
static const char *const fixes[] = {"none", "lock", "local", NULL};
static const char *const checks[] = {"bytecode", "backward", NULL};
static int check, fix; /* places in these */

static double one_try(size_t way, const struct options *options)
{
    struct machine machine;
    machine_init(&machine, code[way], (enum check_mode)check);
    double ns = alone_ns(options, 200000, bytecode_run, &machine);
    machine_destroy(&machine);
    return ns;
}

/* What a turn costs one thread that is alone, with each fix. */
static void measure_fixes(struct run *run, const struct options *options)
{
    static const char *const field[] = {"ns_none", "ns_lock", "ns_local"};
    double ns[3];
    alone_compare(3, ns, one_try, options);
    screen_line("\nA turn of one thread alone, with each fix:");
    for (size_t i = 0; i < 3; i++) {
        run_figure(run, field[i], NULL, 2, ns[i]);
        screen_line("    --fix %-7s%6.1f ns%6.2f x", fixes[i], ns[i],
                    ns[i] / ns[0]);
    }
}

int main(int argc, char **argv)
{
    uint64_t count = 10000000;
    struct option_row rows[] = {
        {"count", 0, "N", "turns of each task (default 10000000)", OPTION_WHOLE,
         &count, 1, 1000000000, NULL, false},
        {"check", 0, "WHERE", "bytecode (default, as to 3.9) or backward",
         OPTION_WORD, &check, 0, 0, checks, false},
        {"fix", 0, "HOW", "none (default), lock or local", OPTION_WORD, &fix, 0,
         0, fixes, false},
    };
    struct options options = lab_begin_with(&lab, rows, 3, argc, argv);
    struct machine python;
    struct gil gil;
    struct run threads;

    machine_init(&python, code[fix], (enum check_mode)check);
    screen_line("Each thread's bytecodes; a checkpoint follows where a * is:");
    bytecode_print(&python);
    gil_init(&gil, &options.lock);
    run_init(&threads, "threads", &options, count);
    run_lock(&threads, &gil);
    run_begin(&threads);
    for (size_t i = 0; i < threads.tasks; i++) {
        threads.task[i].with = &python;
        task_start(&threads.task[i], bytecode_run);
    }
    for (size_t i = 0; i < threads.tasks; i++)
        task_join(&threads.task[i]);
    run_end(&threads);
    gil_destroy(&gil);
    machine_destroy(&python);

    int64_t expected = (int64_t)(count * options.tasks);
    int64_t lost = expected - python.counter;
    screen_line("counter: %" PRId64 " of %" PRId64 ", %" PRId64 " updates lost",
                python.counter, expected, lost);
    if (lost)
        screen_line(
            "Losing the lock after the load: the store brings back the past.");
    else if (check == CHECK_BACKWARD && !fix)
        screen_line("No checkpoint between load and store: luck, no promise. A "
                    "call there\n(counter += f()) or --lock none: lost again.");
    run_text(&threads, "check", NULL, checks[check]);
    run_text(&threads, "fix", NULL, fixes[fix]);
    run_figure(&threads, "expected", NULL, 0, (double)expected);
    run_figure(&threads, "lost", "lost", 0, (double)lost);
    measure_fixes(&threads, &options);

    int status = report_finish(&(struct report){
        .lab = &lab, .options = &options, .count = count, .run = {&threads}});
    if (lost && fix) {
        complain("--fix %s: %" PRId64 " updates were lost", fixes[fix], lost);
        status = STATUS_FAILED;
    }
    return status;
}
