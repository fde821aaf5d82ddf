/* SPDX-License-Identifier: MIT
 *
 * A coroutine is a function that stops in the middle and goes on later. It has
 * a stack of its own. One runs at a time, and it alone says who runs next: no
 * system decides when a coroutine stops.
 *
 *     struct coroutine *caller = coroutine_new(NULL, NULL, false);
 *     struct coroutine *other = coroutine_new(body, with, false);
 *     coroutine_switch(caller, other);    // body(with) runs until it switches
 *     ...                                 // back, and later goes on there
 *     coroutine_free(other);
 *     coroutine_free(caller);
 *
 * Three engines stand behind these three functions. With glibc a coroutine
 * starts by setcontext() and is switched to by _longjmp(), which makes no
 * system call: some 10 ns a switch. In a page (WebAssembly) it is a fiber of
 * emscripten's: some 1 us. Elsewhere (musl has no ucontext, macOS no working
 * one), and with -DCOROUTINE_THREADS everywhere, each coroutine is a system
 * thread that sleeps until it is its turn: some 10 us a switch.
 *
 * AddressSanitizer and ThreadSanitizer are told about each switch. All
 * coroutines belong to one system thread at a time.
 */
#ifndef VIRTUAL_COROUTINE_H
#define VIRTUAL_COROUTINE_H

#include <stdbool.h>

struct coroutine;

/* A coroutine that runs body(with) when it is first switched to. The body must
 * not return. Without a body it is the caller itself, on the stack that it has.
 * A `large` stack is as that of a program's main(). */
struct coroutine *coroutine_new(void (*body)(void *with), void *with,
                                bool large);

/* Suspend `from`, which is running, and let `to` go on. Returns when somebody
 * switches back to `from`. */
void coroutine_switch(struct coroutine *from, struct coroutine *to);

/* Free a coroutine that does not run. What it was doing is forgotten. */
void coroutine_free(struct coroutine *coroutine);

#endif
