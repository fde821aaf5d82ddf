/* SPDX-License-Identifier: MIT
 *
 * The _Thread_local variables of a program that was loaded with dlopen(): each
 * thread of threads.h has its own. For the system all of them are one thread,
 * so the program's calls of __tls_get_addr() come here. That is how
 * position-independent code finds such a variable on Linux on x86-64 (Drepper,
 * "ELF Handling For Thread-Local Storage"). compile.bash asks the compiler for
 * it: some find such a variable by TLS descriptors, and image.h tells so. The
 * program that loads it must export __tls_get_addr().
 */
#ifndef VIRTUAL_THREAD_LOCALS_H
#define VIRTUAL_THREAD_LOCALS_H

#include <stdbool.h>
#include <stddef.h>

/* What such variables of one loaded program are like. */
struct thread_locals {
    size_t module;     /* the system's number of it */
    const void *first; /* what they are at first */
    size_t first_bytes;
    size_t bytes; /* the others are 0 */
    size_t alignment;
};

/* From now on the threads have their own. False: they share them here. */
bool thread_locals_own(const struct thread_locals *of);

/* All are as at first. */
void thread_locals_restore(void);

#endif
