/* SPDX-License-Identifier: MIT
 *
 * Does the lock make `counter += 1` safe?
 *
 * Threads add 1 to a global variable in a tiny Python. Its evaluation loop is
 * evaluate() below; it runs under the interpreter lock of 05_gil_sim. The
 * statement is four bytecodes, and the lock may go to another thread at every
 * checkpoint.
 * --check bytecode: after nearly every bytecode, as up to Python 3.9.
 * --check backward: after jumps back and calls, as since 3.10 (bpo-29988).
 *
 * Predict: two threads add 1 ten million times each. Where does the counter
 * end? With one processor (taskset -c 0)? With --check backward? What does each
 * --fix cost? Is code right if it loses nothing with --count 1000? And with
 * --lock ticks? With --lock ticks --every 99? An iteration has 5 checkpoints.
 *
 * Dozens of hand-offs come, 5 ms apart. Of five checkpoints in an iteration two
 * lie between the load and the store. So two in five hand-offs lose updates.
 */
#include <inttypes.h>

#include "common/base/relaxed.h"
#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/python/bytecode.h"
#include "common/python/user_lock.h"
#include "common/run/cost.h"

static const struct lab lab = {
    .name = "08_gil_race",
    .question = "Does the lock make `counter += 1` safe?",
    .options = OPTIONS_TASKS | OPTIONS_LOCK,
};

/* clang-format off */
static const struct instruction no_fix[] = {
    {FOR_ITER, 7}, {STORE_FAST, LOCAL_UNUSED}, /* for _ in range(n): */
    {LOAD_GLOBAL, 0}, {LOAD_CONST, 1}, {INPLACE_ADD, 0}, {STORE_GLOBAL, 0},
    {JUMP_BACKWARD, 0}, {RETURN_VALUE, 0},
};

/* Up to 3.9 a checkpoint followed every bytecode but the cheapest: those end
 * with FAST_DISPATCH in 3.9's Python/ceval.c. The rows are in `checks` order. */
static const bool checkpoint[][OPCODE_COUNT] = {
    {[LOAD_GLOBAL] = true, [STORE_GLOBAL] = true, [INPLACE_ADD] = true,
     [FOR_ITER] = true, [JUMP_BACKWARD] = true, [CALL_ACQUIRE] = true,
     [CALL_RELEASE] = true},
    {[JUMP_BACKWARD] = true, [CALL_ACQUIRE] = true, [CALL_RELEASE] = true},
};
/* clang-format on */

static const char *const checks[] = {"bytecode", "backward", NULL};
static const struct instruction *const code[] = {no_fix, bytecode_lock_fix,
                                                 bytecode_local_fix};
static const char *const fixes[] = {"none", "lock", "local", NULL};
static int check, fix; /* indices into checks and fixes */
static uint64_t count = 10000000;

static struct option_row rows[] = {
    {.name = "count",
     .value = "N",
     .help = "additions of each task (default 10000000)",
     .kind = OPTION_WHOLE,
     .into = &count,
     .low = 1,
     .high = 1000000000},
    {.name = "check",
     .value = "WHERE",
     .help = "bytecode (default, as to 3.9) or backward",
     .kind = OPTION_WORD,
     .into = &check,
     .words = checks},
    {.name = "fix",
     .value = "HOW",
     .help = "none (default), lock or local",
     .kind = OPTION_WORD,
     .into = &fix,
     .words = fixes},
};

/* What the threads share. The counter is atomic so that the race is defined;
 * to load it and to store it are still two steps. */
struct globals {
    const struct instruction *code;
    _Atomic int64_t counter;
    struct user_lock lock;
};

/* Fetch a bytecode, do it, pass a checkpoint after some of them. */
static void evaluate(struct task *task)
{
    struct globals *globals = task->with;
    struct gil_thread *me = &task->gil_thread;
    int64_t local[LOCAL_COUNT] = {0};
    int64_t stack[2];
    int64_t *top = stack; /* the first free place */
    uint64_t n = task->todo;
    uint64_t i = 0;
    const struct instruction *next = globals->code;

    gil_take(me);
    for (;;) {
        const struct instruction *now = next++;
        /* clang-format off */
        switch (now->opcode) {
        case LOAD_CONST:    *top++ = now->argument; break;
        case LOAD_FAST:     *top++ = local[now->argument]; break;
        case STORE_FAST:    local[now->argument] = *--top; break;
        case LOAD_GLOBAL:   *top++ = load_relaxed(&globals->counter); break;
        case STORE_GLOBAL:  store_relaxed(&globals->counter, *--top); break;
        case INPLACE_ADD:   top--; top[-1] += top[0]; break;
        case JUMP_BACKWARD: next = globals->code + now->argument; break;
        case CALL_ACQUIRE:  user_lock_acquire(&globals->lock, me); break;
        case CALL_RELEASE:  user_lock_release(&globals->lock); break;
        /* clang-format on */
        case FOR_ITER:
            if (i % 65536 == 0)
                atomic_store_explicit(&task->done, i, memory_order_relaxed);
            if (i == n)
                next = globals->code + now->argument;
            else
                *top++ = (int64_t)i++;
            break;
        case RETURN_VALUE:
        default:
            gil_drop(me);
            task->result = i;
            return;
        }
        if (checkpoint[check][now->opcode])
            gil_checkpoint(me);
    }
}

static double one_try(size_t way, const void *lock)
{
    struct globals globals = {code[way], 0, USER_LOCK_INIT};
    return cost_ns(lock, 50000, evaluate, &globals);
}

/* What an iteration costs a thread that is alone, with each fix. */
static void measure_fixes(struct run *run, const struct gil_config *lock)
{
    static const char *const field[] = {"ns_none", "ns_lock", "ns_local"};
    double ns[3];
    cost_compare(3, ns, one_try, lock);
    screen_line("\nAn iteration of one thread alone, with each fix:");
    for (size_t i = 0; i < 3; i++) {
        run_figure(run, field[i], NULL, 2, ns[i]);
        screen_line("    --fix %-7s%6.1f ns%6.2f x", fixes[i], ns[i],
                    ns[i] / ns[0]);
    }
}

static void tell(struct run *run, int64_t counter, int64_t expected)
{
    int64_t lost = expected - counter;
    screen_line("counter: %" PRId64 " of %" PRId64 ", %" PRId64 " updates lost",
                counter, expected, lost);
    if (lost)
        screen_line("A thread that lost the lock between its load and its "
                    "store wrote an old value\nback: the other thread's "
                    "additions are gone.");
    else if (!fix && !checkpoint[check][LOAD_GLOBAL])
        screen_line("Nothing was lost because no checkpoint lies between the "
                    "load and the store.\nPython does not promise that: with "
                    "a call in between (counter += f()), or\nwith --lock none, "
                    "updates are lost again.");
    run_text(run, "check", NULL, checks[check]);
    run_text(run, "fix", NULL, fixes[fix]);
    run_figure(run, "expected", NULL, 0, (double)expected);
    run_figure(run, "lost", "lost", 0, (double)lost);
    if (fix && lost) {
        task_fail(&run->task[0], "--fix %s: %" PRId64 " updates were lost",
                  fixes[fix], lost);
        run->failed++;
    }
}

int main(int argc, char **argv)
{
    struct options options = lab_begin_with(&lab, rows, 3, argc, argv);
    struct globals globals = {code[fix], 0, USER_LOCK_INIT};
    struct gil gil;
    struct run threads;

    screen_line("Each thread's bytecodes; a checkpoint follows where a * is:");
    bytecode_print(code[fix], checkpoint[check]);
    gil_init(&gil, &options.lock);
    run_init(&threads, "threads", options.tasks, count);
    run_use_lock(&threads, &gil);
    run_begin(&threads);
    run_all(&threads, evaluate, &globals);
    run_end(&threads);
    gil_destroy(&gil);
    tell(&threads, globals.counter, (int64_t)(count * options.tasks));
    measure_fixes(&threads, &options.lock);
    return report_finish(&(struct report){
        .lab = &lab, .options = &options, .count = count, .run = {&threads}});
}
