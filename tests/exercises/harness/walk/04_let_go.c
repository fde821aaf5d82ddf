/* SPDX-License-Identifier: MIT
 *
 * Walks serve() with a small interpreter: its lock, its state, and the text of
 * each request, which receive() writes and digest() reads.
 */
#include <string.h>

#include "common/virtual/heap.h"
#include "common/virtual/sync.h"
#include "walked.h"

struct python {
    void (*take)(void);
    void (*drop)(void);
    bool (*next)(unsigned *request);
    bool (*receive)(unsigned request, char text[64]);
    void (*progress)(unsigned request);
    uint64_t (*digest)(const char text[64]);
    void (*store)(unsigned request, uint64_t digest);
    void (*failed)(unsigned request);
};

static void (*serve)(const struct python *);
static pthread_mutex_t lock;
static unsigned holder; /* the number of the thread that has it; 0: none */
static unsigned next_request, requests;
static unsigned state; /* the interpreter's */

static void nothing(void)
{
}

static void begin(void *with)
{
    const struct walked_check *check = with;
    next_request = 0;
    requests = check->threads * check->rounds;
    holder = 0;
    virtual_mutex_init(&lock, false, false);
    walked_begin(nothing);
}

static void use(const void *memory, enum point_kind kind,
                struct virtual_place place)
{
    if (virtual_heap_freed(memory, 1))
        virtual_wrong("uses memory that is free already", place);
    virtual_me->point = (struct point){.kind = kind,
                                       .object = memory,
                                       .bytes = 1,
                                       .order = VIRTUAL_PLAIN,
                                       .until_ns = VIRTUAL_NEVER,
                                       .place = place};
    virtual_use();
}

/* Whether they alternate is not asked here. */
static void take(void)
{
    if (holder == virtual_me->number)
        return;
    virtual_mutex_lock(&lock, NULL, VIRTUAL_CALLER);
    holder = virtual_me->number;
}

static void drop(void)
{
    if (holder != virtual_me->number)
        return;
    holder = 0;
    virtual_mutex_unlock(&lock, VIRTUAL_CALLER);
}

static bool next(unsigned *request)
{
    use(&state, POINT_WRITE, VIRTUAL_CALLER);
    use(request, POINT_WRITE, VIRTUAL_CALLER);
    *request = next_request;
    return next_request < requests && ++next_request;
}

/* The second of three fails. */
static bool receive(unsigned request, char text[64])
{
    orders_note("waits for I/O");
    use(text, POINT_WRITE, VIRTUAL_CALLER);
    memset(text, 0, 64);
    return request % 3 != 1;
}

static void progress(unsigned request)
{
    (void)request;
    use(&state, POINT_WRITE, VIRTUAL_CALLER);
}

static uint64_t digest(const char text[64])
{
    orders_note("computes");
    use(text, POINT_READ, VIRTUAL_CALLER);
    return 0;
}

static void store(unsigned request, uint64_t result)
{
    (void)request;
    (void)result;
    use(&state, POINT_WRITE, VIRTUAL_CALLER);
}

static void failed(unsigned request)
{
    (void)request;
    use(&state, POINT_WRITE, VIRTUAL_CALLER);
}

static void body(void *with, unsigned me)
{
    static const struct python python = {take,     drop,   next,  receive,
                                         progress, digest, store, failed};
    static const struct virtual_place caller = {"the_caller", 1};
    (void)with;
    (void)me;
    virtual_mutex_lock(&lock, NULL, caller);
    holder = virtual_me->number;
    serve(&python);
    if (holder != virtual_me->number)
        return;
    holder = 0;
    virtual_mutex_unlock(&lock, caller);
}

static struct orders_subject serves(const struct walked_check *check)
{
    return (struct orders_subject){.threads = check->threads,
                                   .begin = begin,
                                   .body = body,
                                   .with = (void *)(uintptr_t)check,
                                   .remembers = &next_request,
                                   .remembers_bytes = sizeof next_request};
}

static const struct walked_check checks[] = {
    {.mode = "race",
     .name = "2 threads",
     .subject = serves,
     .threads = 2,
     .rounds = 2,
     .finds = WALKED_FINDS_RACE | WALKED_FINDS_MISUSE,
     .bounds = {.preemptions = 1}},
};

static void *load(const struct harness *harness)
{
    void *function;
    harness_function(harness, "serve", &serve);
    memcpy(&function, &serve, sizeof function);
    return function;
}

int main(int argc, char **argv)
{
    static const struct walked_exercise exercise = {
        .name = "04_let_go",
        .load = load,
        .check = checks,
        .checks = sizeof checks / sizeof *checks,
    };
    return walked_main(argc, argv, &exercise);
}
