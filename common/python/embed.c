/* SPDX-License-Identifier: MIT */
#include "common/python/embed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/lab/screen.h"
#include "common/run/calibrate.h"

static const char MAIN[] = "__main__";
static const char TASK[] = "task";

struct task *python_task(PyObject *object)
{
    return PyCapsule_GetPointer(object, TASK);
}

static PyObject *done(PyObject *module, PyObject *args)
{
    (void)module;
    PyObject *object;
    unsigned long long additions;
    if (!PyArg_ParseTuple(args, "OK", &object, &additions))
        return NULL;
    struct task *task = python_task(object);
    if (!task)
        return NULL;
    atomic_store_explicit(&task->done, additions, memory_order_relaxed);
    Py_RETURN_NONE;
}

static PyMethodDef ours[] = {
    {"done", done, METH_VARARGS, "done(task, additions): show the progress"},
    {0}};

/* What Python says about a mistake in the source is more than one line. It
 * helps a student who has changed the source. */
static void must(int status)
{
    if (status == 0)
        return;
    PyErr_Print();
    fail("Python did not take the lab's source");
}

/* What every interpreter is given. */
static const char *lab_source;
static PyMethodDef *lab_natives;

void python_prepare(void)
{
    PyObject *module = PyImport_AddModule(MAIN);
    must(module ? PyModule_AddFunctions(module, ours) : -1);
    must(PyModule_AddFunctions(module, lab_natives));
    must(PyRun_SimpleString(lab_source));
}

#ifdef Py_GIL_DISABLED
/* The environment is the user's and left out, but for this: PYTHON_GIL=1 brings
 * the lock back. */
static void ask_for_lock(PyConfig *config)
{
    const char *asked = getenv("PYTHON_GIL");
    if (asked && (strcmp(asked, "0") == 0 || strcmp(asked, "1") == 0))
        config->enable_gil = asked[0] - '0';
}
#endif

void python_open(const char *source, PyMethodDef *natives)
{
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.install_signal_handlers = 0; /* signals are the lab's */
    config.site_import = 0;             /* nothing from there: starts faster */
#ifdef Py_GIL_DISABLED
    ask_for_lock(&config);
#endif
    PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status))
        fail("cannot start Python: %s", status.err_msg);
    lab_source = source;
    lab_natives = natives;
    python_prepare();
    PyEval_SaveThread(); /* release the lock */
}

bool python_has_lock(void)
{
#ifdef Py_GIL_DISABLED
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *ask = PySys_GetObject("_is_gil_enabled");
    PyObject *answer = ask ? PyObject_CallNoArgs(ask) : NULL;
    bool has = !answer || PyObject_IsTrue(answer);
    Py_XDECREF(answer);
    PyErr_Clear();
    PyGILState_Release(state);
    return has;
#else
    return true;
#endif
}

void python_close(void)
{
    PyGILState_Ensure();
    Py_FinalizeEx();
}

static PyObject *call(const struct task *task, const char *function)
{
    PyObject *module = PyImport_AddModule(MAIN);
    PyObject *capsule = PyCapsule_New((void *)task, TASK, NULL);
    PyObject *called = module ? PyObject_GetAttrString(module, function) : NULL;
    PyObject *sum =
        called && capsule
            ? PyObject_CallFunction(called, "KO",
                                    (unsigned long long)task->todo, capsule)
            : NULL;
    Py_XDECREF(called);
    Py_XDECREF(capsule);
    return sum;
}

void python_call_here(struct task *task, const char *function)
{
    PyObject *sum = call(task, function);
    if (sum)
        task->result = PyLong_AsUnsignedLongLongMask(sum);
    Py_XDECREF(sum);
    const PyObject *raised = PyErr_Occurred();
    if (raised)
        task_fail(task, "Python's %s() raised %s", function,
                  ((const PyTypeObject *)raised)->tp_name);
    PyErr_Clear();
}

void python_call(struct task *task, const char *function)
{
    int64_t began_ns = lane_now_ns(&task->lane);
    PyGILState_STATE state = PyGILState_Ensure();
    python_call_here(task, function);
    PyGILState_Release(state);
    lane_add(&task->lane, LANE_PYTHON, began_ns, lane_now_ns(&task->lane));
}

static double cpu_s(uint64_t n, const void *function)
{
    struct task task = {0};
    atomic_init(&task.todo, n);
    struct stopwatch watch = stopwatch_start(CLOCK_THREAD_CPUTIME_ID);
    python_call(&task, function);
    if (task.error[0])
        fail("%s", task.error);
    return stopwatch_read(&watch).cpu_s;
}

uint64_t python_additions(const struct options *options, const char *function)
{
    if (options->count)
        return options->count;
    double round_s = options->seconds / (double)options->rounds;
    uint64_t additions = calibrate_other(round_s, cpu_s, function);
    screen_line("a task in Python is %" PRIu64 " additions: %g s alone",
                additions, round_s);
    return additions;
}

const char *python_version(void)
{
    static char version[64];
    const char *full = Py_GetVersion(); /* "3.11.2 (main, ..." */
    snprintf(version, sizeof version, "%.*s", (int)strcspn(full, " "), full);
#ifdef Py_GIL_DISABLED
    strcat(version, " free-threaded");
#endif
    return version;
}
