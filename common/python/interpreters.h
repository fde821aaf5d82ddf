/* SPDX-License-Identifier: MIT
 *
 * Several interpreters in one process (PEP 684): each has its own modules and
 * objects, and may have its own lock. Python 3.12 brought the lock of one's
 * own; before, all interpreters of a process share one.
 *
 * embed.h must be open. A thread of ours may call any of the interpreters.
 */
#ifndef PYTHON_INTERPRETERS_H
#define PYTHON_INTERPRETERS_H

#include "common/python/embed.h"

/* Can an interpreter have a lock of its own? */
bool interpreters_have_locks(void);

struct interpreters;

/* Start so many, each with its own lock or all with the first interpreter's,
 * and what python_open() was given. NULL before Python 3.12. */
struct interpreters *interpreters_open(size_t count, bool own_lock);

/* End them. No thread may be calling. */
void interpreters_close(struct interpreters *interpreters);

/* python_call() in interpreter number task->number. */
void interpreters_call(struct interpreters *interpreters, struct task *task,
                       const char *function);

#endif
