/* SPDX-License-Identifier: MIT */
#include "common/python/bytecode.h"

#include <stdio.h>

#include "common/lab/screen.h"

enum {
    STACK = 2,
    SHOW_EVERY = 65536, /* turns, for the progress */
};

void machine_init(struct machine *machine, const struct instruction *code,
                  enum check_mode check)
{
    *machine = (struct machine){.code = code, .check = check};
    pthread_mutex_init(&machine->lock, NULL);
}

void machine_destroy(struct machine *machine)
{
    pthread_mutex_destroy(&machine->lock);
}

bool checkpoint_after(enum check_mode check, enum opcode opcode)
{
    switch (opcode) {
    case JUMP_BACKWARD:
    case CALL_ACQUIRE:
    case CALL_RELEASE:
        return true;
    case LOAD_CONST:
    case LOAD_FAST:
    case STORE_FAST:
    case RETURN_VALUE:
        return false;
    default:
        return check == CHECK_BYTECODE;
    }
}

/* As threading.Lock does: whoever has to wait for it lets go of the interpreter
 * lock meanwhile, or its owner could never run and release it. */
static void acquire(pthread_mutex_t *lock, struct gil_thread *me)
{
    if (pthread_mutex_trylock(lock) == 0)
        return;
    gil_drop(me);
    pthread_mutex_lock(lock);
    gil_take(me);
}

void bytecode_run(struct task *task)
{
    struct machine *machine = task->with;
    struct gil_thread *me = &task->python;
    bool check[OPCODES];
    for (int i = 0; i < OPCODES; i++)
        check[i] = checkpoint_after(machine->check, (enum opcode)i);

    int64_t local[LOCALS] = {0};
    int64_t stack[STACK];
    int64_t *top = stack; /* the first free place */
    uint64_t turns = task->todo;
    uint64_t turn = 0;
    const struct instruction *next = machine->code;

    gil_take(me);
    for (;;) {
        const struct instruction *now = next++;
        switch (now->opcode) {
        case LOAD_CONST:
            *top++ = now->argument;
            break;
        case LOAD_FAST:
            *top++ = local[now->argument];
            break;
        case STORE_FAST:
            local[now->argument] = *--top;
            break;
        case LOAD_GLOBAL:
            *top++ =
                atomic_load_explicit(&machine->counter, memory_order_relaxed);
            break;
        case STORE_GLOBAL:
            atomic_store_explicit(&machine->counter, *--top,
                                  memory_order_relaxed);
            break;
        case INPLACE_ADD:
            top--;
            top[-1] += top[0];
            break;
        case FOR_ITER:
            if (turn % SHOW_EVERY == 0)
                atomic_store_explicit(&task->done, turn, memory_order_relaxed);
            if (turn == turns)
                next = machine->code + now->argument;
            else
                *top++ = (int64_t)turn++;
            break;
        case JUMP_BACKWARD:
            next = machine->code + now->argument;
            break;
        case CALL_ACQUIRE:
            acquire(&machine->lock, me);
            break;
        case CALL_RELEASE:
            pthread_mutex_unlock(&machine->lock);
            break;
        case RETURN_VALUE:
        default:
            gil_drop(me);
            task->result = turn;
            return;
        }
        if (check[now->opcode])
            gil_checkpoint(me);
    }
}

void bytecode_print(const struct machine *machine)
{
    static const char *const name[OPCODES] = {
        "LOAD_CONST",   "LOAD_FAST",   "STORE_FAST",   "LOAD_GLOBAL",
        "STORE_GLOBAL", "INPLACE_ADD", "FOR_ITER",     "JUMP_BACKWARD",
        "CALL",         "CALL",        "RETURN_VALUE",
    };
    static const char *const local[LOCALS] = {"_", "mine"};
    for (const struct instruction *at = machine->code;; at++) {
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
        bool star = checkpoint_after(machine->check, at->opcode);
        screen_line("    %2d  %-*s%-*s%s", (int)(at - machine->code),
                    argument[0] || star ? 14 : 0, name[at->opcode],
                    star ? 13 : 0, argument, star ? "*" : "");
        if (at->opcode == RETURN_VALUE)
            return;
    }
}
