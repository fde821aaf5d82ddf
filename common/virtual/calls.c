/* SPDX-License-Identifier: MIT
 *
 * Creating, joining and ending threads, sleeping, and the time.
 */
#include <errno.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/objects.h"
#include "common/virtual/sync.h"

/* A handle is a thread's number; the system's type is a number or a pointer. */
static pthread_t handle(const struct thread *thread)
{
    return (pthread_t)(uintptr_t)(thread ? thread->number : 0);
}

static struct thread *thread_of(pthread_t thread)
{
    uintptr_t number = (uintptr_t)thread;
    if (!virtual_me || number < 1 || number > virtual_me->threads->count)
        return NULL;
    return virtual_me->threads->thread[number - 1];
}

/* The new thread is the step's object only after it: it has no address yet. */
static struct thread *create(pthread_t *thread, void *with,
                             struct virtual_place here)
{
    if (!virtual_me)
        fail("a thread is created outside a run");
    point_at(POINT_CREATE, NULL, here);
    struct thread *created =
        virtual_threads_add(virtual_me->threads, NULL, with);
    virtual_me->point.object = created;
    *thread = handle(created);
    return created;
}

int virtual_create(pthread_t *thread, void *(*body)(void *), void *with,
                   struct virtual_place here)
{
    struct thread *created = create(thread, with, here);
    created->body = body;
    virtual_may_go_on(created, 1);
    virtual_done();
    return 0;
}

int virtual_create_c11(pthread_t *thread, int (*body)(void *), void *with,
                       struct virtual_place here)
{
    struct thread *created = create(thread, with, here);
    created->body_c11 = body;
    virtual_may_go_on(created, 1);
    virtual_done();
    return 0;
}

static bool joined_ended(const struct thread *me)
{
    return ((const struct thread *)me->point.object)->ended;
}

int virtual_join(pthread_t thread, void **result, struct virtual_place here)
{
    struct thread *joined = thread_of(thread);
    if (!joined)
        return ESRCH;
    if (joined == virtual_me)
        return EDEADLK;
    point_until(POINT_JOIN, joined, joined_ended, VIRTUAL_NEVER, here);
    if (result)
        *result = joined->result;
    virtual_done();
    return 0;
}

int virtual_join_c11(pthread_t thread, int *result, struct virtual_place here)
{
    void *ended_with = NULL;
    int error = virtual_join(thread, &ended_with, here);
    if (result)
        *result = (int)(intptr_t)ended_with;
    return error;
}

void virtual_exit(void *result)
{
    if (!virtual_me)
        fail("a thread ends outside a run");
    virtual_end(result);
}

/* A thread that is never joined is freed with the others. */
int virtual_detach(pthread_t thread)
{
    return thread_of(thread) ? 0 : ESRCH;
}

pthread_t virtual_self(void)
{
    return handle(virtual_me);
}

int virtual_yield(struct virtual_place here)
{
    if (virtual_me) {
        point_at(POINT_YIELD, NULL, here);
        virtual_done();
    }
    return 0;
}

static bool when_it_is_time(const struct thread *me)
{
    (void)me;
    return false;
}

int virtual_sleep_ns(int64_t ns, struct virtual_place here)
{
    if (!virtual_me)
        return 0;
    point_until(POINT_SLEEP, NULL, when_it_is_time, virtual_wall_ns() + ns,
                here);
    virtual_done();
    return 0;
}

int virtual_nanosleep(const struct timespec *time, struct timespec *left,
                      struct virtual_place here)
{
    if (left)
        *left = (struct timespec){0};
    return virtual_sleep_ns(limit_ns(time), here);
}

int64_t virtual_clock_ns(clockid_t clock)
{
    if (!virtual_me)
        return 0;
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    return scheduler->now_ns(scheduler, virtual_me, clock);
}

int virtual_clock_gettime(clockid_t clock, struct timespec *now)
{
    int64_t ns = virtual_clock_ns(clock);
    *now = (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
                             .tv_nsec = (long)(ns % 1000000000)};
    return 0;
}

int64_t virtual_wall_ns(void)
{
    return virtual_clock_ns(CLOCK_MONOTONIC);
}

struct stopwatch virtual_stopwatch_start(clockid_t cpu_clock)
{
    return (struct stopwatch){
        .cpu_clock = cpu_clock,
        .wall_ns = virtual_wall_ns(),
        .cpu_ns = virtual_clock_ns(cpu_clock),
    };
}

struct elapsed virtual_stopwatch_read(const struct stopwatch *watch)
{
    return (struct elapsed){
        .wall_s = (double)(virtual_wall_ns() - watch->wall_ns) / 1e9,
        .cpu_s =
            (double)(virtual_clock_ns(watch->cpu_clock) - watch->cpu_ns) / 1e9,
    };
}

time_t virtual_time(time_t *result)
{
    time_t now = (time_t)(virtual_clock_ns(CLOCK_REALTIME) / 1000000000);
    if (result)
        *result = now;
    return now;
}

int virtual_rand(void)
{
    static uint64_t outside = 1;
    uint64_t *state = virtual_me ? &virtual_me->random : &outside;
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (int)(*state >> 33);
}

long virtual_random(void)
{
    return virtual_rand();
}

void virtual_srand(unsigned seed)
{
    if (virtual_me)
        virtual_me->random = seed;
}

void virtual_quit(int status, struct virtual_place here)
{
    struct scheduler *scheduler =
        virtual_me ? virtual_me->threads->scheduler : NULL;
    if (!scheduler || !scheduler->quit)
        exit(status);
    scheduler->quit(scheduler, virtual_me, status, here);
    for (;;)
        virtual_yield(here);
}

int virtual_missing(const char *name, struct virtual_place here)
{
    char text[200];
    fail("%s: %s has no virtual counterpart",
         place_text(here, text, sizeof text), name);
}
