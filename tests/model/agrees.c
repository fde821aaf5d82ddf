/* SPDX-License-Identifier: MIT
 *
 * agrees THREADS ROUNDS SEED: threads take a lock with the policy `walked`,
 * pass a checkpoint and drop it, in an order that the seed decides. Prints what
 * they did, one event a line, in the words of tests/model/gil_interval.pml:
 *
 *     0 LOCKS       thread 0 locks the mutex
 *     0 TAKEN       it sets `locked`
 *     0 WAKES_1     it signals, which wakes thread 1
 *
 * An order in which the threads come to a standstill ends there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/names.h"

#include "common/gil/gil.h"
#include "common/virtual/interpreter.h"

extern const struct gil_policy walked;

enum {
    MOST = 20000
};

static struct orders_step order[MOST];
static size_t steps;
static size_t followed;

static const struct gil *gil; /* the lock, once its mutex has been seen */

/* What the last event wrote to: the value is there only after it. */
static const bool *written;

/* After each step of the random walk: remember it. */
static void remember(void *with)
{
    (void)with;
    const struct orders_step *last = orders_last_step();
    if (!last)
        steps = 0;
    else if (steps < MOST)
        order[steps++] = *last;
}

static void say(const struct thread *thread, const char *event)
{
    printf("%u %s\n", thread->number - 1, event);
}

/* The value that the last event has written. */
static void say_value(void)
{
    if (written == &gil->locked)
        puts(*written ? "TAKEN" : "DROPPED");
    else if (written)
        puts(*written ? "ASKS" : "CLEARS");
    written = NULL;
}

static void say_write(const struct thread *thread)
{
    const void *object = thread->point.object;
    if (!gil)
        return;
    if (object == &gil->last_holder)
        say(thread, "SWITCHES");
    if (object != &gil->locked && object != &gil->eval_breaker)
        return;
    printf("%u ", thread->number - 1);
    written = object;
}

static void say_wake(const struct thread *thread, unsigned woken)
{
    if (woken == WOKEN_BY_TIME)
        say(thread, "TIMES_OUT");
    else
        say(thread, woken == WOKEN_BY_NOTHING ? "WAKES_UP" : "IS_WOKEN");
    say(thread, "LOCKS"); /* in the same step */
}

/* `thread` will do this now. */
static void taken(void *with, const struct thread *thread,
                  const struct orders_step *step)
{
    (void)with;
    say_value();
    unsigned wakes = step ? order[followed++].wakes : 0;
    switch (thread->point.kind) {
    case POINT_LOCK:
        gil = (const struct gil *)((const char *)thread->point.object -
                                   offsetof(struct gil, mutex));
        say(thread, "LOCKS");
        break;
    case POINT_UNLOCK:
        say(thread, "UNLOCKS");
        break;
    case POINT_WAIT:
        say(thread, "WAITS");
        break;
    case POINT_WAKE:
        say_wake(thread, thread->woken);
        break;
    case POINT_SIGNAL:
        if (wakes)
            printf("%u WAKES_%u\n", thread->number - 1, wakes - 1);
        else
            say(thread, "WAKES_NOBODY");
        break;
    case POINT_WRITE:
        say_write(thread);
        break;
    default:
        break;
    }
}

int main(int argc, char **argv)
{
    if (argc != 4)
        fail_usage("agrees THREADS ROUNDS SEED");
    struct guests guests = interpreter_guests(&walked);
    guests.threads = (unsigned)strtoul(argv[1], NULL, 10);
    guests.rounds = (unsigned)strtoul(argv[2], NULL, 10);
    guests.promises = 0; /* the model is to say what is wrong */
    struct orders_subject subject = guests_subject(&guests);
    struct orders_bounds bounds = {.random_orders = 1,
                                   .seed = strtoul(argv[3], NULL, 10),
                                   .time_outs = guests.rounds,
                                   .spurious = guests.rounds,
                                   .steps = MOST,
                                   .no_races = true};
    struct orders_result result;
    subject.look = subject.after = remember;
    orders_walk(&subject, &bounds, &result);
    orders_free(&result);
    subject.look = subject.after = NULL;
    bounds.finish = true;
    orders_follow(&subject, &bounds, order, steps, taken, NULL, &result);
    say_value();
    return fflush(stdout) == 0 ? 0 : STATUS_FAILED;
}
