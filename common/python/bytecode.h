/* SPDX-License-Identifier: MIT
 *
 * A tiny Python: a stack machine with a dozen bytecodes, run under the
 * interpreter lock. bytecode_run() in bytecode.c is the evaluation loop, worth
 * reading: fetch a bytecode, do it, and pass a checkpoint after some of them.
 *
 * After which ones is up to the version of Python (enum check_mode):
 *
 *     CHECK_BYTECODE   up to 3.9: nearly every one. Only those that did next
 *                      to nothing went on without a look (FAST_DISPATCH in
 *                      3.9's Python/ceval.c): LOAD_CONST, LOAD_FAST, STORE_FAST
 *     CHECK_BACKWARD   since 3.10: only jumps back and calls (bpo-29988)
 *
 * Names are CPython's own, from its `dis` module. Two stand for several: a call
 * of lock.acquire() or lock.release(), with the loads that go before it.
 */
#ifndef PYTHON_BYTECODE_H
#define PYTHON_BYTECODE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/run/tasks.h"

enum opcode {
    LOAD_CONST,    /* push the argument itself */
    LOAD_FAST,     /* push a local variable; argument: which */
    STORE_FAST,    /* pop into a local variable */
    LOAD_GLOBAL,   /* push `counter` */
    STORE_GLOBAL,  /* pop into `counter` */
    INPLACE_ADD,   /* pop two, push their sum; BINARY_OP since 3.11 */
    FOR_ITER,      /* push the next turn's number; after the last: jump */
    JUMP_BACKWARD, /* JUMP_ABSOLUTE before 3.11 */
    CALL_ACQUIRE,  /* lock.acquire() */
    CALL_RELEASE,  /* lock.release() */
    RETURN_VALUE,  /* the end */
    OPCODES
};

/* The local variables: the loop's own, and one more. */
enum {
    TURN,
    MINE,
    LOCALS
};

struct instruction {
    enum opcode opcode;
    int argument; /* a constant, a local variable, a jump's target; or 0 */
};

enum check_mode {
    CHECK_BYTECODE,
    CHECK_BACKWARD,
};

/* What the threads of one Python share. */
struct machine {
    const struct instruction *code;
    enum check_mode check;
    _Atomic int64_t counter; /* the global; loaded and stored, never added to */
    pthread_mutex_t lock;    /* the user's own lock: a threading.Lock */
};

void machine_init(struct machine *machine, const struct instruction *code,
                  enum check_mode check);
void machine_destroy(struct machine *machine);

/* Is a checkpoint passed after `opcode`? */
bool checkpoint_after(enum check_mode check, enum opcode opcode);

/* A task's body: run the code of the machine in task->with, its loop
 * task->todo times. The result is the number of turns. */
void bytecode_run(struct task *task);

/* Print the code as Python's `dis` does; a star where a checkpoint follows. */
void bytecode_print(const struct machine *machine);

#endif
