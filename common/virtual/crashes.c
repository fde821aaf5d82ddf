/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* sigaltstack */

#include "common/virtual/crashes.h"

#include <signal.h>
#include <stdint.h>
#include <sys/time.h>

#include "common/base/fail.h"
#include "common/virtual/orders.h"

enum {
    STACK_BYTES = 1 << 16, /* for the handler: the thread's may be full */
    PATIENCE_S = 10
};

void crashes_end(const char *text, struct virtual_place here)
{
    char place[200];
    const char *at =
        place_without_folder(place_text(here, place, sizeof place));
    orders_fail("thread %u %s%s%s", virtual_me->number, text, *at ? ", " : "",
                at); /* before its first point there is no place */
    virtual_abandon();
}

static const char *name_of(int number)
{
    switch (number) {
    case SIGSEGV:
    case SIGBUS:
        return "crashes: it uses memory that is not there";
    case SIGFPE:
        return "crashes: it divides by 0";
    case SIGABRT:
        return "aborts";
    default:
        return "crashes";
    }
}

/* Outside a run it is our own fault, and the default action follows. */
static void crashed(int number)
{
    if (virtual_me)
        crashes_end(name_of(number), virtual_me->point.place);
    signal(number, SIG_DFL);
    raise(number);
}

/* Once a second: has the thread come to a point since? */
static void tick(int number)
{
    static uint64_t seen;
    static int seconds;
    (void)number;
    uint64_t points = virtual_me ? virtual_me->threads->points : 0;
    seconds = virtual_me && points == seen ? seconds + 1 : 0;
    seen = points;
    if (seconds < PATIENCE_S)
        return;
    seconds = 0;
    crashes_end("has made no step for 10 s", virtual_me->point.place);
}

void crashes_watch(void)
{
    static const int ends[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    stack_t stack = {.ss_sp = allocate(1, STACK_BYTES), .ss_size = STACK_BYTES};
    sigaltstack(&stack, NULL);
    struct sigaction action = {.sa_handler = crashed,
                               .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &action, NULL);
    action.sa_handler = tick;
    action.sa_flags |= SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    struct itimerval second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    setitimer(ITIMER_REAL, &second, NULL);
}
