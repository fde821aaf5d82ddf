/* SPDX-License-Identifier: MIT
 *
 * What happens on the machine, as people tell it: who wants the interpreter
 * lock, asks for it, takes it and drops it, when, and at which line.
 *
 *     struct events events = {.gil = &gil};
 *     machine_watch(machine, events_note, &events);
 *     machine_run(...);
 *     ... events.event[0] to events.event[events.count - 1] ...
 *     events_free(&events);
 */
#ifndef VIRTUAL_EVENTS_H
#define VIRTUAL_EVENTS_H

#include <stddef.h>
#include <stdint.h>

#include "common/gil/gil.h"
#include "common/virtual/machine.h"

enum event_kind {
    EVENT_BEGINS,
    EVENT_WAITS, /* for the lock */
    EVENT_TIMES_OUT,
    EVENT_ASKS, /* for the lock: it sets the request */
    EVENT_TAKES,
    EVENT_DROPS,
    EVENT_AWAITS_SWITCH, /* it has dropped the lock, and may not take it yet */
    EVENT_AWAITS_MUTEX,  /* the one that guards the lock */
    EVENT_WAKES,
    EVENT_SLEEPS, /* or does I/O */
    EVENT_LOSES,  /* its processor */
    EVENT_ENDS,
};

struct event {
    int64_t ns;
    unsigned task; /* from 1 */
    enum event_kind kind;
    struct virtual_place
        place; /* of the task's last call; its file may be NULL */
};

/* More than these are an error. */
enum {
    MOST_EVENTS = 1000000
};

struct events {
    const struct gil *gil;
    bool only_takes;  /* list nothing */
    int64_t taken_ns; /* when the lock was taken last */
    struct event *event;
    size_t count;

    size_t room;
    unsigned holders; /* of the lock, at the last event */
    uint64_t requests;
};

/* A machine_watcher; `with` is the struct events. The machine's first thread
 * starts the tasks, and is none of them. */
void events_note(void *with, enum machine_event event, int64_t ns,
                 const struct thread *thread, struct virtual_place place);
void events_free(struct events *events);

/* "takes the lock" */
const char *event_text(enum event_kind kind);

/* Write "gil/interval.c:45", or "". Returns `text`. */
char *event_place(const struct event *event, char *text, size_t bytes);

#endif
