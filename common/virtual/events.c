/* SPDX-License-Identifier: MIT */
#include "common/virtual/events.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"

static void add(struct events *events, int64_t ns, const struct thread *thread,
                enum event_kind kind, struct virtual_place place)
{
    if (kind == EVENT_TAKES)
        events->taken_ns = ns;
    if (events->only_takes)
        return;
    if (events->count == MOST_EVENTS)
        fail("more than %d events, after %" PRId64 " virtual ms", MOST_EVENTS,
             ns / 1000000);
    if (events->count == events->room) {
        events->room = events->room ? 2 * events->room : 1024;
        events->event =
            reallocate(events->event, events->room, sizeof *events->event);
    }
    events->event[events->count++] =
        (struct event){ns, thread->number - 1, kind, place};
}

/* What a thread waits for at its point; -1: nothing of the lock's. */
static int awaited(const struct gil *gil, const struct point *point)
{
    if (point->kind == POINT_SLEEP)
        return EVENT_SLEEPS;
    if (point->kind == POINT_WAKE && point->object == &gil->released)
        return EVENT_WAITS;
    if (point->kind == POINT_WAKE && point->object == &gil->switched)
        return EVENT_AWAITS_SWITCH;
    if (point->kind == POINT_LOCK && point->object == &gil->mutex)
        return gil->locked ? EVENT_AWAITS_MUTEX : EVENT_WAITS;
    return -1;
}

/* What the running thread has done to the lock since the last event. */
static void note_changes(struct events *events, int64_t ns,
                         const struct thread *thread,
                         struct virtual_place place)
{
    const struct gil *gil = events->gil;
    unsigned holders =
        atomic_load_explicit(&gil->holders.now, memory_order_relaxed);
    if (gil->requests != events->requests)
        add(events, ns, thread, EVENT_ASKS, place);
    if (holders != events->holders)
        add(events, ns, thread,
            holders > events->holders ? EVENT_TAKES : EVENT_DROPS, place);
    events->requests = gil->requests;
    events->holders = holders;
}

void events_note(void *with, enum machine_event event, int64_t ns,
                 const struct thread *thread, struct virtual_place place)
{
    struct events *events = with;
    int waits = awaited(events->gil, &thread->point);
    if (thread->number == 1)
        return;
    switch (event) {
    case MACHINE_STEP:
        note_changes(events, ns, thread, place);
        break;
    case MACHINE_WAITS:
        if (waits >= 0)
            add(events, ns, thread, (enum event_kind)waits, place);
        break;
    case MACHINE_WAKES:
        if (waits >= 0)
            add(events, ns, thread, EVENT_WAKES, place);
        break;
    case MACHINE_TIMES_OUT:
        add(events, ns, thread,
            waits == EVENT_SLEEPS ? EVENT_WAKES : EVENT_TIMES_OUT, place);
        break;
    case MACHINE_LOSES:
        add(events, ns, thread, EVENT_LOSES, place);
        break;
    case MACHINE_BEGINS:
        add(events, ns, thread, EVENT_BEGINS, place);
        break;
    case MACHINE_ENDS:
        add(events, ns, thread, EVENT_ENDS, place);
        break;
    }
}

void events_free(struct events *events)
{
    free(events->event);
    *events = (struct events){0};
}

const char *event_text(enum event_kind kind)
{
    static const char *const text[] = {
        [EVENT_BEGINS] = "begins",
        [EVENT_WAITS] = "waits for the lock",
        [EVENT_TIMES_OUT] = "times out",
        [EVENT_ASKS] = "asks for the lock",
        [EVENT_TAKES] = "takes the lock",
        [EVENT_DROPS] = "drops the lock",
        [EVENT_AWAITS_SWITCH] = "waits until another has it",
        [EVENT_AWAITS_MUTEX] = "waits for the lock's mutex",
        [EVENT_WAKES] = "is awake",
        [EVENT_SLEEPS] = "sleeps",
        [EVENT_LOSES] = "loses its processor",
        [EVENT_ENDS] = "ends",
    };
    return text[kind];
}

char *event_place(const struct event *event, char *text, size_t bytes)
{
    static const char house[] = "common/";
    text[0] = '\0';
    if (!event->place.file)
        return text;
    place_text(event->place, text, bytes);
    size_t length = strlen(house);
    if (strncmp(text, house, length) == 0)
        memmove(text, text + length, strlen(text + length) + 1);
    return text;
}
