/* SPDX-License-Identifier: MIT */
#include "common/python/bytecode.h"

#include <stdio.h>

#include "common/lab/screen.h"

/* clang-format off */
const struct instruction bytecode_lock_fix[] = {
    {FOR_ITER, 9}, {STORE_FAST, LOCAL_UNUSED},
    {CALL_ACQUIRE, 0},
    {LOAD_GLOBAL, 0}, {LOAD_CONST, 1}, {INPLACE_ADD, 0}, {STORE_GLOBAL, 0},
    {CALL_RELEASE, 0}, {JUMP_BACKWARD, 0}, {RETURN_VALUE, 0},
};

const struct instruction bytecode_local_fix[] = {
    {FOR_ITER, 7}, {STORE_FAST, LOCAL_UNUSED},
    {LOAD_FAST, LOCAL_MINE}, {LOAD_CONST, 1}, {INPLACE_ADD, 0},
    {STORE_FAST, LOCAL_MINE}, {JUMP_BACKWARD, 0},
    {CALL_ACQUIRE, 0},
    {LOAD_GLOBAL, 0}, {LOAD_FAST, LOCAL_MINE}, {INPLACE_ADD, 0},
    {STORE_GLOBAL, 0}, {CALL_RELEASE, 0}, {RETURN_VALUE, 0},
};
/* clang-format on */

/* What an instruction works on, as people read it. */
static void argument_of(const struct instruction *at, char *text, size_t bytes)
{
    static const char *const local[] = {
        [LOCAL_UNUSED] = "_", [LOCAL_MINE] = "mine"};
    text[0] = '\0';
    switch (at->opcode) {
    case LOAD_CONST:
        snprintf(text, bytes, "%d", at->argument);
        break;
    case LOAD_FAST:
    case STORE_FAST:
        snprintf(text, bytes, "%s", local[at->argument]);
        break;
    case LOAD_GLOBAL:
    case STORE_GLOBAL:
        snprintf(text, bytes, "counter");
        break;
    case FOR_ITER:
    case JUMP_BACKWARD:
        snprintf(text, bytes, "to %d", at->argument);
        break;
    case CALL_ACQUIRE:
        snprintf(text, bytes, "lock.acquire");
        break;
    case CALL_RELEASE:
        snprintf(text, bytes, "lock.release");
        break;
    default:
        break;
    }
}

void bytecode_print(const struct instruction *code, const bool *checkpoint)
{
    static const char *const name[] = {
        [LOAD_CONST] = "LOAD_CONST",     [LOAD_FAST] = "LOAD_FAST",
        [STORE_FAST] = "STORE_FAST",     [LOAD_GLOBAL] = "LOAD_GLOBAL",
        [STORE_GLOBAL] = "STORE_GLOBAL", [INPLACE_ADD] = "INPLACE_ADD",
        [FOR_ITER] = "FOR_ITER",         [JUMP_BACKWARD] = "JUMP_BACKWARD",
        [CALL_ACQUIRE] = "CALL",         [CALL_RELEASE] = "CALL",
        [RETURN_VALUE] = "RETURN_VALUE",
    };
    for (const struct instruction *at = code;; at++) {
        char argument[24];
        argument_of(at, argument, sizeof argument);
        bool star = checkpoint[at->opcode];
        screen_line("    %2d  %-*s%-*s%s", (int)(at - code),
                    argument[0] || star ? 14 : 0, name[at->opcode],
                    star ? 13 : 0, argument, star ? "*" : "");
        if (at->opcode == RETURN_VALUE)
            return;
    }
}
