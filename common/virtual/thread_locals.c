/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* RTLD_NEXT */

#include "common/virtual/thread_locals.h"

#include <stdlib.h> /* __GLIBC__ */

#if defined(__linux__) && defined(__x86_64__) && defined(__GLIBC__)

#include <dlfcn.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/subject.h"
#include "common/virtual/threads.h"

static struct thread_locals own;
static char *block[ORDERS_THREADS + 1]; /* by number; 0: of no thread of ours */
static unsigned last;                   /* the highest number that has one */

struct variable {
    unsigned long module, offset;
};

/* The calling thread's, made when it is asked for first. */
static char *own_block(void)
{
    unsigned number = virtual_me ? virtual_me->number : 0;
    if (number > ORDERS_THREADS)
        fail("orders of %d threads at most are walked", ORDERS_THREADS);
    if (!block[number]) {
        last = number > last ? number : last;
        size_t unit = own.alignment > 16 ? own.alignment : 16;
        block[number] = aligned_alloc(unit, (own.bytes / unit + 1) * unit);
        if (!block[number])
            fail("out of memory: %zu bytes", own.bytes);
        memset(block[number], 0, own.bytes);
        memcpy(block[number], own.first, own.first_bytes);
    }
    return block[number];
}

/* In place of the system's. */
void *__tls_get_addr(struct variable *variable);
void *__tls_get_addr(struct variable *variable)
{
    static void *(*systems)(struct variable *);
    if (own.module && variable->module == own.module)
        return own_block() + variable->offset;
    if (!systems) {
        void *found = dlsym(RTLD_NEXT, "__tls_get_addr");
        memcpy(&systems, &found, sizeof systems);
    }
    return systems(variable);
}

bool thread_locals_own(const struct thread_locals *of)
{
    own = *of;
    return own.module > 0;
}

void thread_locals_restore(void)
{
    for (unsigned i = 0; i <= last; i++) {
        free(block[i]);
        block[i] = NULL;
    }
    last = 0;
}

#else

bool thread_locals_own(const struct thread_locals *of)
{
    (void)of;
    return false;
}

void thread_locals_restore(void)
{
}

#endif
