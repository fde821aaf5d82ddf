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
#include "common/run/count.h"

static const struct document_row document[] = {
    {"document", 14.669, 14.689}, {"one by one", 7.089, 14.177}, {0}};

static const struct lab lab = {
    .name = "12_gil_real",
    .question = "Does the real CPython behave like our simulation?",
    .options = OPTIONS_TASKS | OPTIONS_CPU | OPTIONS_ROUNDS,
    .document = document,
};

/* The loop of common/run/work.c in Python, which looks whether somebody wants
 * the lock each time that it jumps back: that is our checkpoint on each turn.
 */
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
    gil_take(&task->python);
    task->result = count_python(task->todo, &task->done, &task->python);
    gil_drop(&task->python);
}

static struct options options;
static struct engine cpython = {.name = "cpython", .body = in_python};
static struct engine native = {.name = "cpython", .body = in_python};
static struct engine simulation = {
    .name = "simulation", .body = in_simulation, .lock = &options.lock};

static void cpython_threads(struct run *run)
{
    engine_run(&cpython, run, "threads", LAUNCH_TOGETHER, options.tasks,
               "count");
}

static void cpython_serial(struct run *run)
{
    engine_run(&cpython, run, "serial", LAUNCH_ONE_BY_ONE, options.tasks,
               "count");
}

static void simulation_threads(struct run *run)
{
    engine_run(&simulation, run, "threads", LAUNCH_TOGETHER, options.tasks,
               NULL);
}

static void simulation_serial(struct run *run)
{
    engine_run(&simulation, run, "serial", LAUNCH_ONE_BY_ONE, options.tasks,
               NULL);
}

static void native_held(struct run *run)
{
    engine_run(&native, run, "held", LAUNCH_TOGETHER, options.tasks, "hold");
}

static void native_released(struct run *run)
{
    engine_run(&native, run, "released", LAUNCH_TOGETHER, options.tasks,
               "release");
}

static round_maker *const ways[] = {cpython_threads,    cpython_serial,
                                    simulation_threads, simulation_serial,
                                    native_held,        native_released};

int main(int argc, char **argv)
{
    struct run run[6];
    options = lab_begin(&lab, argc, argv);
    python_open(source, natives);
    screen_line("Python %s", python_version());
    cpython.version = native.version = python_version();
    cpython.additions = python_additions(&options, "count");
    simulation.additions = lab_additions(&options, &options.lock);
    native.additions = lab_additions(&options, NULL);
    rounds_run(ways, 6, options.rounds, run);
    python_close();

    engines_compare(&run[0], &run[1], &run[2], &run[3]);
    return report_finish(&(struct report){
        .lab = &lab,
        .options = &options,
        .count = cpython.additions,
        .run = {&run[0], &run[1], &run[2], &run[3], &run[4], &run[5]}});
}
