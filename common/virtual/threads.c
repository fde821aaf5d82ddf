/* SPDX-License-Identifier: MIT */
#include "common/virtual/threads.h"

#include <errno.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/coroutine.h"

/* What brings a thread back to where its body was called. */
enum {
    ABANDONED = 1,
    EXITED
};

struct thread *virtual_me;

/* Let `next` run in place of `me`; NULL: the caller of virtual_threads_run.
 * Each has its own errno. */
static void go_on(struct thread *me, struct thread *next)
{
    int error = errno;
    virtual_me = next;
    coroutine_switch(me->coroutine,
                     next ? next->coroutine : me->threads->caller);
    errno = error;
}

/* Ask the scheduler who goes on. */
static struct thread *ask(struct threads *threads, struct thread *me)
{
    struct scheduler *scheduler = threads->scheduler;
    struct thread *next = scheduler->next(scheduler, threads, me);
    threads->over = !next;
    return next;
}

void virtual_point(void)
{
    struct thread *me = virtual_me;
    me->woken = WOKEN_NOT;
    me->in_vain = me->moved = false;
    me->arrived = ++me->threads->points;
    struct thread *next = ask(me->threads, me);
    if (next == me)
        return;
    go_on(me, next);
    if (me->threads->over)
        longjmp(me->base, ABANDONED);
}

void virtual_use(void)
{
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    if (!scheduler->passes || !scheduler->passes(scheduler, virtual_me))
        virtual_point();
}

void virtual_write(const void *memory, size_t bytes, struct virtual_place here)
{
    virtual_me->point = (struct point){.kind = POINT_WRITE,
                                       .object = memory,
                                       .bytes = bytes,
                                       .order = VIRTUAL_PLAIN,
                                       .until_ns = VIRTUAL_NEVER,
                                       .place = here};
    virtual_use();
}

void virtual_done(void)
{
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    if (scheduler->done)
        scheduler->done(scheduler, virtual_me);
}

void virtual_may_go_on(const void *object, unsigned most)
{
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    if (scheduler->may_go_on)
        scheduler->may_go_on(scheduler, virtual_me, object, most);
}

void virtual_wrong(const char *what, struct virtual_place here)
{
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    if (scheduler->wrong)
        scheduler->wrong(scheduler, virtual_me, what, here);
}

struct thread *virtual_waiting(const void *cond, uint64_t arrived)
{
    struct threads *threads = virtual_me->threads;
    struct thread *longest = NULL;
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = threads->thread[i];
        if (thread->point.kind == POINT_WAKE && thread->point.object == cond &&
            thread->woken == WOKEN_NOT && thread->arrived > arrived &&
            (!longest || thread->arrived < longest->arrived))
            longest = thread;
    }
    return longest;
}

void virtual_end(void *result)
{
    virtual_me->result = result;
    longjmp(virtual_me->base, EXITED);
}

void virtual_abandon(void)
{
    virtual_me->threads->over = true;
    longjmp(virtual_me->base, ABANDONED);
}

/* The end is a step, too: others may come in before it. */
static struct thread *end(struct thread *me)
{
    me->point = (struct point){.kind = POINT_END, .object = me};
    virtual_point();
    me->ended = true;
    me->threads->live--;
    virtual_may_go_on(me, (unsigned)me->threads->count);
    virtual_done();
    return me->threads->live ? ask(me->threads, me) : NULL;
}

/* Run its body. Returns who goes on after its end. */
static struct thread *run_body(struct thread *me)
{
    /* For WebAssembly this also gives the function a frame, whose end sets the
     * stack pointer right: longjmp() leaves it as deep as it was there. */
    me->stack_base = __builtin_frame_address(0);
    switch (setjmp(me->base)) {
    case 0:
        errno = 0;
        virtual_done();
        if (me->body_c11)
            me->result = (void *)(intptr_t)me->body_c11(me->with);
        else
            me->result = me->body(me->with);
        return end(me);
    case EXITED:
        return end(me);
    default: /* ABANDONED */
        return NULL;
    }
}

/* What a thread's coroutine does: one body after the other, so that a run need
 * not make a stack. */
static void serve(void *with)
{
    struct thread *me = with;
    for (;;) {
        me->begun = true;
        struct thread *next = run_body(me);
        me->begun = false;
        go_on(me, next);
    }
}

struct threads *virtual_threads_new(struct scheduler *scheduler)
{
    struct threads *threads = allocate(1, sizeof *threads);
    threads->scheduler = scheduler;
    threads->caller = coroutine_new(NULL, NULL, false);
    return threads;
}

void virtual_threads_free(struct threads *threads)
{
    for (size_t i = 0; i < threads->made; i++) {
        coroutine_free(threads->thread[i]->coroutine);
        free(threads->thread[i]);
    }
    coroutine_free(threads->caller);
    free(threads->thread);
    free(threads);
}

static void make_thread(struct threads *threads)
{
    struct thread *thread = allocate(1, sizeof *thread);
    thread->threads = threads;
    thread->number = (unsigned)++threads->made;
    thread->coroutine = coroutine_new(serve, thread, thread->number == 1);
    threads->thread =
        reallocate(threads->thread, threads->made, sizeof *threads->thread);
    threads->thread[threads->made - 1] = thread;
}

struct thread *virtual_threads_add(struct threads *threads,
                                   void *(*body)(void *with), void *with)
{
    if (!threads->live)
        threads->count = 0;
    if (threads->count == threads->made)
        make_thread(threads);
    struct thread *thread = threads->thread[threads->count++];
    threads->live++;
    thread->point = (struct point){.kind = POINT_BEGIN, .object = thread};
    thread->arrived = ++threads->points;
    thread->woken = WOKEN_NOT;
    thread->ended = false;
    thread->result = NULL;
    thread->body = body;
    thread->body_c11 = NULL;
    thread->with = with;
    thread->random = 1;
    return thread;
}

static void abandon(struct threads *threads)
{
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = threads->thread[i];
        if (thread->begun)
            coroutine_switch(threads->caller, thread->coroutine);
    }
    threads->live = 0;
}

bool virtual_threads_run(struct threads *threads)
{
    struct thread *before = virtual_me; /* a run in a run */
    struct thread *first = ask(threads, NULL);
    virtual_me = first;
    if (first)
        coroutine_switch(threads->caller, first->coroutine);
    bool all_ended = !threads->over;
    abandon(threads);
    virtual_me = before;
    return all_ended;
}
