/* SPDX-License-Identifier: MIT
 *
 * What is wrong with an order, in words.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/virtual/walk.h"
#include "common/virtual/words.h"

void walk_fault(struct walk *walk, enum orders_fault fault, const char *format,
                ...)
{
    if (walk->fault || walk->over)
        return;
    if (walk->bounds->overlooks >> fault & 1) {
        walk->over = fault != ORDERS_MISUSE;
        return;
    }
    walk->fault = fault;
    va_list args;
    va_start(args, format);
    vsnprintf(walk->text, sizeof walk->text, format, args);
    va_end(args);
}

/* Add to a text of at most `bytes`. */
__attribute__((format(printf, 3, 4))) static void
append(char *text, size_t bytes, const char *format, ...)
{
    size_t length = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + length, bytes - length, format, args);
    va_end(args);
}

/* "interval.c:41" */
static const char *short_place(struct virtual_place place, char *text,
                               size_t bytes)
{
    return place_without_folder(place_text(place, text, bytes));
}

static const char *awaited(const struct thread *thread)
{
    switch (thread->point.kind) {
    case POINT_WAKE:
        return thread->woken ? "the mutex, after its wait"
                             : "a signal that nobody sends";
    case POINT_LOCK:
        return "a mutex";
    case POINT_READ_LOCK:
        return "a reader-writer lock";
    case POINT_TAKE:
        return "a semaphore";
    case POINT_PASS:
        return "others to come to a barrier";
    case POINT_JOIN:
        return "another thread to end";
    case POINT_ONCE:
        return "a once that does not end";
    default:
        return "something";
    }
}

void walk_stuck(struct walk *walk)
{
    char text[sizeof walk->text] = "";
    const struct threads *threads = walk->threads;
    for (size_t i = 0; i < threads->count; i++) {
        const struct thread *thread = threads->thread[i];
        char place[200];
        if (thread->ended)
            continue;
        append(text, sizeof text, "%sthread %u waits for %s, %s",
               *text ? "; " : "", thread->number, awaited(thread),
               short_place(thread->point.place, place, sizeof place));
    }
    walk_fault(walk, ORDERS_STUCK, "nobody can go on%s: %s",
               walk->rescues ? " (time-outs do not help)" : "", text);
}

/* "writes (atomic)"; of mutexes and the like "uses". */
static const char *use(enum point_kind kind, bool atomic)
{
    switch (kind) {
    case POINT_READ:
        return atomic ? "reads (atomic)" : "reads";
    case POINT_WRITE:
    case POINT_CHANGE:
        return atomic ? "writes (atomic)" : "writes";
    default:
        return "uses";
    }
}

void walk_race(struct walk *walk, const struct thread *me,
               const struct access *earlier)
{
    char here[150], there[150];
    walk->race[0] = (struct orders_use){earlier->thread + 1u, earlier->place};
    walk->race[1] = (struct orders_use){me->number, me->point.place};
    walk_fault(walk, ORDERS_RACE,
               "data race: thread %u %s, %s; thread %u %s the same, %s; "
               "nothing says which comes first",
               earlier->thread + 1u,
               use((enum point_kind)earlier->kind, earlier->atomic),
               short_place(earlier->place, there, sizeof there), me->number,
               use(me->point.kind, me->point.order != VIRTUAL_PLAIN),
               short_place(me->point.place, here, sizeof here));
}

/* "1, 2, 2t" */
static const char *who_can(char *text, size_t bytes, const struct way *ways,
                           size_t count)
{
    *text = '\0';
    for (size_t i = 0; i < count; i++)
        append(text, bytes, "%s%u%s", i ? ", " : "", ways[i].thread->number,
               letter_of_woken(ways[i].woken));
    return text;
}

void walk_who_can(struct walk *walk, const struct way *ways, size_t count)
{
    char text[200];
    snprintf(walk->text, sizeof walk->text, "who can go on: %s",
             who_can(text, sizeof text, ways, count));
}

void walk_cannot(struct walk *walk, const struct orders_step *step,
                 const struct way *ways, size_t count)
{
    char text[200];
    walk_fault(walk, ORDERS_CANNOT,
               "step %zu: thread %u cannot go on%s; who can: %s",
               walk->steps + 1, step->thread,
               step->woken == WOKEN_BY_TIME      ? " by a time-out"
               : step->woken == WOKEN_BY_NOTHING ? " for no reason"
                                                 : "",
               count ? who_can(text, sizeof text, ways, count) : "nobody");
}

void walk_cannot_wake(struct walk *walk, const struct orders_step *step)
{
    walk_fault(walk, ORDERS_CANNOT,
               "step %zu: thread %u does not wake thread %u", walk->steps + 1,
               step->thread, step->wakes);
}

void walk_looks(struct walk *walk, const struct thread *thread)
{
    char place[200];
    unsigned looks = looks_in_vain(walk->looks, thread);
    bool alone = looks >= LOOKS_ALONE;
    if (alone || (looks >= LOOKS && walk->bounds->no_spinning))
        walk_fault(walk, ORDERS_SPINS, "thread %u looks again and again, %s%s",
                   thread->number,
                   short_place(thread->point.place, place, sizeof place),
                   alone ? ", and nobody changes anything" : "");
}

void walk_misuse(struct walk *walk, const struct thread *me, const char *what,
                 struct virtual_place here)
{
    char place[200];
    walk_fault(walk, ORDERS_MISUSE, "thread %u %s, %s", me->number, what,
               short_place(here, place, sizeof place));
}

void walk_quit(struct walk *walk, const struct thread *me, int status,
               struct virtual_place here)
{
    char text[200];
    const char *place = short_place(here, text, sizeof text);
    if (status == 128 + SIGABRT)
        walk_fault(walk, ORDERS_CHECK, "thread %u aborts, %s", me->number,
                   place);
    else
        walk_fault(walk, ORDERS_CHECK, "thread %u exits with status %d, %s",
                   me->number, status, place);
}

void walk_differs(struct walk *walk, const struct orders_step *step,
                  const struct thread *thread)
{
    char place[200];
    walk_fault(walk, ORDERS_CANNOT,
               "step %zu: the order says that thread %u %s, but it %s, %s: "
               "the code has changed",
               walk->steps + 1, thread->number,
               word_of((enum point_kind)(step->kind - 1)),
               word_of(thread->point.kind),
               short_place(thread->point.place, place, sizeof place));
}
