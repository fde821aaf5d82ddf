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

void bytecode_print(const struct instruction *code, const bool *checkpoint)
{
    static const char *const name[OPCODE_COUNT] = {
        "LOAD_CONST",   "LOAD_FAST",   "STORE_FAST",   "LOAD_GLOBAL",
        "STORE_GLOBAL", "INPLACE_ADD", "FOR_ITER",     "JUMP_BACKWARD",
        "CALL",         "CALL",        "RETURN_VALUE",
    };
    static const char *const local[LOCAL_COUNT] = {"_", "mine"};
    for (const struct instruction *at = code;; at++) {
        char argument[24] = "";
        switch (at->opcode) {
        case LOAD_CONST:
            snprintf(argument, sizeof argument, "%d", at->argument);
            break;
        case LOAD_FAST:
        case STORE_FAST:
            snprintf(argument, sizeof argument, "%s", local[at->argument]);
            break;
        case LOAD_GLOBAL:
        case STORE_GLOBAL:
            snprintf(argument, sizeof argument, "counter");
            break;
        case FOR_ITER:
        case JUMP_BACKWARD:
            snprintf(argument, sizeof argument, "to %d", at->argument);
            break;
        case CALL_ACQUIRE:
            snprintf(argument, sizeof argument, "lock.acquire");
            break;
        case CALL_RELEASE:
            snprintf(argument, sizeof argument, "lock.release");
            break;
        default:
            break;
        }
        bool star = checkpoint[at->opcode];
        screen_line("    %2d  %-*s%-*s%s", (int)(at - code),
                    argument[0] || star ? 14 : 0, name[at->opcode],
                    star ? 13 : 0, argument, star ? "*" : "");
        if (at->opcode == RETURN_VALUE)
            return;
    }
}
