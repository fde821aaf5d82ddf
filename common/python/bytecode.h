/* SPDX-License-Identifier: MIT
 *
 * The bytecodes of a tiny Python, and how to print them. The loop that runs
 * them is in labs/08_gil_race.c.
 *
 * Names are CPython's own, from its `dis` module. Two of them stand for several
 * bytecodes: a call of lock.acquire() or lock.release(), with the loads that
 * come before it.
 */
#ifndef PYTHON_BYTECODE_H
#define PYTHON_BYTECODE_H

#include <stdbool.h>

enum opcode {
    LOAD_CONST,    /* push the argument itself */
    LOAD_FAST,     /* push a local variable; argument: which */
    STORE_FAST,    /* pop into a local variable */
    LOAD_GLOBAL,   /* push `counter` */
    STORE_GLOBAL,  /* pop into `counter` */
    INPLACE_ADD,   /* pop two, push their sum; BINARY_OP since 3.11 */
    FOR_ITER,      /* push the next number of the range; after the last: jump */
    JUMP_BACKWARD, /* JUMP_ABSOLUTE before 3.11 */
    CALL_ACQUIRE,  /* lock.acquire() */
    CALL_RELEASE,  /* lock.release() */
    RETURN_VALUE,  /* the end */
    OPCODE_COUNT
};

/* The local variables. */
enum {
    LOCAL_UNUSED, /* the loop's `_` */
    LOCAL_MINE,
    LOCAL_COUNT
};

struct instruction {
    enum opcode opcode;
    int argument; /* a constant, a local variable, a jump's target; or 0 */
};

/* Two ways to write the loop of `counter += 1` so that no addition is lost:
 * with lock.acquire() and lock.release() around each addition, and with a local
 * sum that is added once, under the lock, at the end. */
extern const struct instruction bytecode_lock_fix[], bytecode_local_fix[];

/* Print the code, which ends with RETURN_VALUE, as Python's `dis` does; a star
 * stands where a checkpoint follows: where checkpoint[opcode] is true. */
void bytecode_print(const struct instruction *code, const bool *checkpoint);

#endif
