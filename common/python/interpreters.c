/* SPDX-License-Identifier: MIT */
#include "common/python/interpreters.h"

#include <stdlib.h>

#include "common/base/fail.h"

#if PY_VERSION_HEX >= 0x030C0000

struct interpreters {
    size_t count;
    PyThreadState **made; /* of each, by the thread that made it */
};

bool interpreters_have_locks(void)
{
    return true;
}

/* With our functions and the lab's source. Afterwards the thread runs in it,
 * and holds its lock. */
static PyThreadState *start(bool own_lock)
{
    PyInterpreterConfig config = {
        .use_main_obmalloc = !own_lock,
        .allow_threads = 1,
        .check_multi_interp_extensions = 1,
        .gil = own_lock ? PyInterpreterConfig_OWN_GIL
                        : PyInterpreterConfig_SHARED_GIL,
    };
    PyThreadState *made = NULL;
    PyStatus status = Py_NewInterpreterFromConfig(&made, &config);
    if (PyStatus_Exception(status))
        fail("cannot start another interpreter: %s",
             status.err_msg ? status.err_msg : "Python does not say why");
    python_prepare();
    return made;
}

struct interpreters *interpreters_open(size_t count, bool own_lock)
{
    struct interpreters *interpreters = allocate(1, sizeof *interpreters);
    interpreters->made = allocate(count, sizeof *interpreters->made);
    interpreters->count = count;
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *first = PyThreadState_Get();
    for (size_t i = 0; i < count; i++) {
        interpreters->made[i] = start(own_lock);
        PyThreadState_Swap(first);
    }
    PyGILState_Release(state);
    return interpreters;
}

void interpreters_close(struct interpreters *interpreters)
{
    PyGILState_STATE state = PyGILState_Ensure();
    PyThreadState *first = PyThreadState_Get();
    for (size_t i = 0; i < interpreters->count; i++) {
        PyThreadState_Swap(interpreters->made[i]);
        Py_EndInterpreter(interpreters->made[i]);
        PyThreadState_Swap(first);
    }
    PyGILState_Release(state);
    free(interpreters->made);
    free(interpreters);
}

/* A thread state of this thread's own, as PyGILState_Ensure() makes one, but
 * that function knows the first interpreter only. */
void interpreters_call(struct interpreters *interpreters, struct task *task,
                       const char *function)
{
    PyThreadState *made = interpreters->made[task->number - 1];
    PyThreadState *mine = PyThreadState_New(PyThreadState_GetInterpreter(made));
    if (!mine) {
        task_fail(task, "no memory for a thread state of Python's");
        return;
    }
    int64_t began_ns = lane_now_ns(&task->lane);
    PyEval_RestoreThread(mine); /* waits for that interpreter's lock */
    python_call_here(task, function);
    PyThreadState_Clear(mine);
    PyThreadState_DeleteCurrent();
    lane_add(&task->lane, LANE_PYTHON, began_ns, lane_now_ns(&task->lane));
}

#else

bool interpreters_have_locks(void)
{
    return false;
}

struct interpreters *interpreters_open(size_t count, bool own_lock)
{
    (void)count;
    (void)own_lock;
    return NULL;
}

void interpreters_close(struct interpreters *interpreters)
{
    (void)interpreters;
}

void interpreters_call(struct interpreters *interpreters, struct task *task,
                       const char *function)
{
    (void)interpreters;
    task_fail(task, "%s(): this Python has one interpreter lock", function);
}

#endif
