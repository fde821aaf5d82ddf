/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* _setjmp, MAP_ANONYMOUS */
#undef _FORTIFY_SOURCE  /* its longjmp refuses to change stacks */

#include "common/virtual/coroutine.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

#if defined(__EMSCRIPTEN__)
#define COROUTINE_FIBERS
#elif !defined(__GLIBC__) && !defined(COROUTINE_THREADS)
#define COROUTINE_THREADS
#endif

#if !defined(COROUTINE_FIBERS) && !defined(COROUTINE_THREADS)

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#include <sanitizer/common_interface_defs.h>
#define TELL_ADDRESS_SANITIZER
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#include <sanitizer/tsan_interface.h>
#define TELL_THREAD_SANITIZER
#endif

enum { /* reserved; the system gives what is touched */
    STACK_BYTES = 1 << 20,
    LARGE_STACK_BYTES = 8 << 20
};

struct coroutine {
    jmp_buf here; /* where it goes on */
    bool started;
    ucontext_t start;
    void (*body)(void *with);
    void *with;
    const void *stack; /* NULL: the caller's own, until it has been seen */
    size_t stack_bytes;
    bool owns_stack;
#ifdef TELL_ADDRESS_SANITIZER
    void *fake_stack;
#endif
#ifdef TELL_THREAD_SANITIZER
    void *fiber;
#endif
};

/* Who is being switched to, and from whom. */
static struct coroutine *arriving, *leaving;

static void tell_of_leaving(void)
{
#ifdef TELL_ADDRESS_SANITIZER
    __sanitizer_start_switch_fiber(&leaving->fake_stack, arriving->stack,
                                   arriving->stack_bytes);
#endif
#ifdef TELL_THREAD_SANITIZER
    __tsan_switch_to_fiber(arriving->fiber, 0);
#endif
}

static void tell_of_arriving(void)
{
#ifdef TELL_ADDRESS_SANITIZER
    __sanitizer_finish_switch_fiber(arriving->fake_stack, &leaving->stack,
                                    &leaving->stack_bytes);
#endif
}

static void start(void)
{
    tell_of_arriving();
    arriving->body(arriving->with);
    abort();
}

/* The lowest page of a stack is no memory: running over the end is a crash, not
 * a change to what lies below. */
static void map_stack(struct coroutine *coroutine, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *stack = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, page, PROT_NONE) != 0)
        fail("out of memory: a stack of %zu bytes", bytes);
    coroutine->stack = stack;
    coroutine->stack_bytes = bytes;
    coroutine->owns_stack = true;
}

struct coroutine *coroutine_new(void (*body)(void *with), void *with,
                                bool large)
{
    struct coroutine *coroutine = allocate(1, sizeof *coroutine);
    coroutine->body = body;
    coroutine->with = with;
    coroutine->started = !body;
    if (body) {
        map_stack(coroutine, large ? LARGE_STACK_BYTES : STACK_BYTES);
        getcontext(&coroutine->start);
        coroutine->start.uc_stack.ss_sp = (void *)coroutine->stack;
        coroutine->start.uc_stack.ss_size = coroutine->stack_bytes;
        coroutine->start.uc_link = NULL;
        makecontext(&coroutine->start, start, 0);
    }
#ifdef TELL_THREAD_SANITIZER
    coroutine->fiber =
        body ? __tsan_create_fiber(0) : __tsan_get_current_fiber();
#endif
    return coroutine;
}

void coroutine_switch(struct coroutine *from, struct coroutine *to)
{
    leaving = from;
    arriving = to;
    if (_setjmp(from->here) == 0) {
        tell_of_leaving();
        if (to->started)
            _longjmp(to->here, 1);
        to->started = true;
        setcontext(&to->start);
    }
    tell_of_arriving();
}

void coroutine_free(struct coroutine *coroutine)
{
#ifdef TELL_THREAD_SANITIZER
    if (coroutine->body)
        __tsan_destroy_fiber(coroutine->fiber);
#endif
    if (coroutine->owns_stack)
        munmap((void *)coroutine->stack, coroutine->stack_bytes);
    free(coroutine);
}

#elif defined(COROUTINE_THREADS)

#include <pthread.h>
#include <string.h>

struct coroutine {
    pthread_t thread;
    pthread_cond_t woken;
    bool runs; /* it is its turn */
    bool ends; /* it is to end instead */
    void (*body)(void *with);
    void *with;
};

static pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;

static void await_turn(struct coroutine *me)
{
    while (!me->runs)
        pthread_cond_wait(&me->woken, &turns);
    bool ends = me->ends;
    pthread_mutex_unlock(&turns);
    if (ends)
        pthread_exit(NULL);
}

static void *start(void *with)
{
    struct coroutine *me = with;
    pthread_mutex_lock(&turns);
    await_turn(me);
    me->body(me->with);
    abort();
}

struct coroutine *coroutine_new(void (*body)(void *with), void *with,
                                bool large)
{
    struct coroutine *coroutine = allocate(1, sizeof *coroutine);
    (void)large;
    coroutine->body = body;
    coroutine->with = with;
    coroutine->runs = !body;
    pthread_cond_init(&coroutine->woken, NULL);
    int error =
        body ? pthread_create(&coroutine->thread, NULL, start, coroutine) : 0;
    if (error)
        fail("cannot create a thread for a coroutine: %s", strerror(error));
    return coroutine;
}

static void give_turn(struct coroutine *to)
{
    to->runs = true;
    pthread_cond_signal(&to->woken);
}

void coroutine_switch(struct coroutine *from, struct coroutine *to)
{
    pthread_mutex_lock(&turns);
    from->runs = false;
    give_turn(to);
    await_turn(from);
}

void coroutine_free(struct coroutine *coroutine)
{
    if (coroutine->body) {
        pthread_mutex_lock(&turns);
        coroutine->ends = true;
        give_turn(coroutine);
        pthread_mutex_unlock(&turns);
        pthread_join(coroutine->thread, NULL);
    }
    pthread_cond_destroy(&coroutine->woken);
    free(coroutine);
}

#else

#include <emscripten/fiber.h>

enum {
    STACK_BYTES = 1 << 16,
    FRAMES_BYTES = 1 << 14 /* what a suspended coroutine's calls have */
};

struct coroutine {
    emscripten_fiber_t fiber;
    char *stack;
    char *frames;
};

struct coroutine *coroutine_new(void (*body)(void *with), void *with,
                                bool large)
{
    struct coroutine *coroutine = allocate(1, sizeof *coroutine);
    (void)large;
    coroutine->frames = allocate_aligned(1, FRAMES_BYTES);
    if (!body) {
        emscripten_fiber_init_from_current_context(
            &coroutine->fiber, coroutine->frames, FRAMES_BYTES);
        return coroutine;
    }
    coroutine->stack = allocate_aligned(1, STACK_BYTES);
    emscripten_fiber_init(&coroutine->fiber, body, with, coroutine->stack,
                          STACK_BYTES, coroutine->frames, FRAMES_BYTES);
    return coroutine;
}

void coroutine_switch(struct coroutine *from, struct coroutine *to)
{
    emscripten_fiber_swap(&from->fiber, &to->fiber);
}

void coroutine_free(struct coroutine *coroutine)
{
    free(coroutine->stack);
    free(coroutine->frames);
    free(coroutine);
}

#endif
