/* SPDX-License-Identifier: MIT
 *
 * Does the real CPython, embedded, behave like our simulation?
 *
 * The tasks of 05_gil_sim twice over. Python source counts in the real
 * interpreter, under its own lock; C code counts under our `interval` lock, on
 * the same machine in the same minute, alternating (--rounds).
 * Then Python calls C code that counts, as it calls TensorFlow. Once the C code
 * keeps the real lock (held), once it releases it (released).
 *
 * Predict: an addition in Python takes some ten times as long as one of ours,
 * so its tasks make fewer. Will each and total, threads over serial, differ
 * between the two? Which of CPython's four runs uses more than one processor?
 *
 * The blog post measured, in real Python, 14.670 and 14.667 s each, 14.689 s in
 * all. One by one it measured 7.077 and 7.100 s, 14.177 s in all.
 */
#include "common/python/embed.h"

#include "common/lab/report.h"
#include "common/lab/screen.h"
#include "common/python/engines.h"
#include "common/python/interpreters.h"
#include "common/run/count.h"

static const struct document_row document[] = {
    {"document", 14.669, 14.689}, {"one by one", 7.089, 14.177}, {0}};

static const struct lab lab = {
    .name = "12_gil_real",
    .question = "Does the real CPython behave like our simulation?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_ROUNDS,
    .document = document,
};

/* The loop of common/run/count.c in Python. Each time that it jumps back it
 * looks whether another thread wants the lock. That is our checkpoint after
 * each addition. */
static const char source[] = "def count(n, task):\n"
                             "    total = i = 0\n"
                             "    while i < n:\n"
                             "        stop = min(n, i + 65536)\n"
                             "        while i < stop:\n"
                             "            total += i\n"
                             "            i += 1\n"
                             "        done(task, i)\n"
                             "    return total\n"
                             "def hold(n, task):\n"
                             "    return count_holding(task)\n"
                             "def release(n, task):\n"
                             "    return count_releasing(task)\n";

static uint64_t count_in_c(struct task *task)
{
    at_once_enter(&task->run->at_once);
    uint64_t sum = count_plain(task->todo, &task->done);
    at_once_leave(&task->run->at_once);
    return sum;
}

static PyObject *count_holding(PyObject *module, PyObject *object)
{
    (void)module;
    struct task *task = python_task(object);
    if (!task)
        return NULL;
    return PyLong_FromUnsignedLongLong(count_in_c(task));
}

static PyObject *count_releasing(PyObject *module, PyObject *object)
{
    (void)module;
    struct task *task = python_task(object);
    if (!task)
        return NULL;
    uint64_t sum;
    Py_BEGIN_ALLOW_THREADS;
    sum = count_in_c(task); /* nothing of Python's may be touched here */
    Py_END_ALLOW_THREADS;
    return PyLong_FromUnsignedLongLong(sum);
}

static PyMethodDef natives[] = {
    {"count_holding", count_holding, METH_O, "count, keep the lock"},
    {"count_releasing", count_releasing, METH_O, "count without the lock"},
    {0}};

static void in_python(struct task *task)
{
    python_call(task, task->with);
}

static void in_simulation(struct task *task)
{
    gil_take(&task->gil_thread);
    task->result =
        count_with_checkpoints(task->todo, &task->done, &task->gil_thread);
    gil_drop(&task->gil_thread);
}

static struct interpreters *own_locks, *one_lock;

static void with_own_lock(struct task *task)
{
    interpreters_call(own_locks, task, task->with);
}

static void with_one_lock(struct task *task)
{
    interpreters_call(one_lock, task, task->with);
}

static struct options options;
static struct engine cpython = {.name = "cpython", .body = in_python};
static struct engine native = {.name = "cpython", .body = in_python};
static struct engine own = {.name = "cpython", .body = with_own_lock};
static struct engine shared = {.name = "cpython", .body = with_one_lock};
static struct engine simulation = {
    .name = "simulation", .body = in_simulation, .lock = &options.lock};

static const struct {
    const struct engine *engine;
    const char *name;
    enum launcher launcher;
    char *function; /* of the source above */
} ways[] = {
    {&cpython, "threads", LAUNCH_TOGETHER, "count"},
    {&cpython, "serial", LAUNCH_ONE_BY_ONE, "count"},
    {&simulation, "threads", LAUNCH_TOGETHER, NULL},
    {&simulation, "serial", LAUNCH_ONE_BY_ONE, NULL},
    {&native, "held", LAUNCH_TOGETHER, "hold"},
    {&native, "released", LAUNCH_TOGETHER, "release"},
    {&own, "own_locks", LAUNCH_TOGETHER, "count"},
    {&shared, "one_lock", LAUNCH_TOGETHER, "count"},
};

enum {
    WAYS = sizeof ways / sizeof ways[0],
    WAYS_OF_ONE = WAYS - 2 /* for a Python that has one interpreter lock */
};

static void measure(struct run *run, size_t way, const void *unused)
{
    (void)unused;
    engine_run(ways[way].engine, run, ways[way].name, ways[way].launcher,
               options.tasks, ways[way].function);
}

/* Start Python, and find out what it is. Returns how many of the ways it has.
 */
static size_t open_python(void)
{
    python_open(source, natives);
    screen_line("Python %s", python_version());
    cpython.version = native.version = python_version();
    own.version = shared.version = python_version();
    if (!python_has_lock()) {
        screen_line("It has no interpreter lock: it is compared with --lock "
                    "none.");
        options.lock.policy = &gil_none;
    }
    cpython.additions = python_additions(&options, "count");
    own.additions = shared.additions = cpython.additions;
    simulation.additions = lab_additions(&options, &options.lock);
    native.additions = lab_additions(&options, NULL);
    if (!interpreters_have_locks()) {
        screen_line(
            "Interpreters with a lock of their own: since Python 3.12.");
        return WAYS_OF_ONE;
    }
    own_locks = interpreters_open((size_t)options.tasks, true);
    one_lock = interpreters_open((size_t)options.tasks, false);
    return WAYS;
}

static void close_python(void)
{
    if (own_locks)
        interpreters_close(own_locks);
    if (one_lock)
        interpreters_close(one_lock);
    python_close();
}

int main(int argc, char **argv)
{
    struct run run[WAYS];
    options = lab_begin(&lab, argc, argv);
    size_t n = open_python();
    rounds_make(measure, NULL, n, options.rounds, run);
    close_python();

    engines_compare(&run[0], &run[1], &run[2], &run[3]);
    struct report report = {
        .lab = &lab, .options = &options, .count = cpython.additions};
    for (size_t i = 0; i < n; i++)
        report.run[i] = &run[i];
    return report_finish(&report);
}
