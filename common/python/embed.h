/* SPDX-License-Identifier: MIT
 *
 * The real CPython inside this program, for 12_gil_real: Python source that
 * the lab's threads call, and C functions of the lab's own that Python calls.
 * Only built where pkg-config knows python3-embed.
 *
 * A thread of ours runs Python as a thread of `threading` does: it is a system
 * thread with a Python thread state of its own, and takes the interpreter's one
 * lock before its first bytecode (PyGILState_Ensure; PEP 311).
 */
#ifndef PYTHON_EMBED_H
#define PYTHON_EMBED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h> /* first, as it asks for */

#include "common/lab/options.h"
#include "common/run/tasks.h"

/* Start CPython, isolated from the user's settings and without signal handlers
 * of its own. Offer it the functions `natives` (ended by zeros). Offer it also
 * done(task, additions), which shows the progress. Then run `source`, which
 * defines functions. The caller does not hold Python's lock afterwards. Fails
 * if any of this fails. The source and the natives must outlive Python. */
void python_open(const char *source, PyMethodDef *natives);

/* End it. No thread may be calling. */
void python_close(void);

/* Call the Python function(n, task) with n = task->todo, and set the task's
 * result to what it returns, modulo 2^64. From any thread, and waits for
 * Python's lock like any. What Python raises fails the task. */
void python_call(struct task *task, const char *function);

/* The same in the interpreter that the thread runs in already. */
void python_call_here(struct task *task, const char *function);

/* Give the interpreter that the thread runs in what python_open() was given. */
void python_prepare(void);

/* Does this Python have its lock? A free-threaded build has none (PEP 703),
 * unless PYTHON_GIL=1 is in the environment. */
bool python_has_lock(void);

/* For a native: the task that a Python function was given; NULL, with an
 * exception set, if it is something else. */
struct task *python_task(PyObject *object);

/* As lab_additions() for function(n, task): --count, or a calibration. */
uint64_t python_additions(const struct options *options, const char *function);

/* As "3.11.2", or "3.14.0 free-threaded": a build without the lock. */
const char *python_version(void);

#endif
