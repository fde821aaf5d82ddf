/* SPDX-License-Identifier: MIT */
#include "common/virtual/guests.h"

#include <string.h>

/* What is remembered about a thread. */
struct guest {
    uint8_t inside;
    uint8_t in_take;
    uint8_t waits;       /* was seen to wait before others come */
    uint8_t late_for;    /* it came after these, which wait: one bit for each */
    uint8_t gave_way;    /* it was asked when it dropped it */
    uint16_t wait_began; /* `turn` + 1 when its wait began */
    uint16_t waited;     /* `turn` + 1 when it had waited a whole interval */
};

static struct {
    struct guest of[GUESTS_MOST + 1]; /* by number */
    uint16_t had;                     /* the thread that had it last */
    uint16_t turn;                    /* how often it has changed hands */
    uint8_t asked;
} now;

static const struct guests *guests;

static bool promised(enum guests_promises promise)
{
    return guests->promises & promise;
}

/* To ask is no step. */
static bool is_asked(void)
{
    struct thread *me = virtual_me;
    virtual_me = NULL;
    bool asked = guests->asked && guests->asked();
    virtual_me = me;
    return asked;
}

static void begin(void *with)
{
    (void)with;
    memset(&now, 0, sizeof now);
    guests->begin();
}

static bool keeps_order(void)
{
    return promised(GUESTS_IN_ORDER) || promised(GUESTS_NOT_AGAIN);
}

/* Thread `me` comes. Threads that wait already are before it. */
static void come(unsigned me)
{
    if (keeps_order())
        orders_note("comes");
    now.of[me].in_take = 1;
    for (unsigned i = 1; i <= guests->threads; i++)
        if (now.of[i].waits)
            now.of[me].late_for |= (uint8_t)(1u << (i - 1));
}

/* It has the lock now. */
static void get(unsigned me)
{
    struct guest *guest = &now.of[me];
    for (unsigned i = 1; i <= guests->threads; i++) {
        if (i != me && now.of[i].inside && promised(GUESTS_ONE_INSIDE))
            orders_fail("threads %u and %u both have the lock", i, me);
        if (guest->late_for >> (i - 1) & 1 && promised(GUESTS_IN_ORDER))
            orders_fail("thread %u has the lock before thread %u, which "
                        "waited when it came",
                        me, i);
        if (guest->late_for >> (i - 1) & 1 && now.had == me &&
            promised(GUESTS_NOT_AGAIN))
            orders_fail("thread %u drops the lock and has it again before "
                        "thread %u, which waited meanwhile",
                        me, i);
        now.of[i].late_for = (uint8_t)(now.of[i].late_for & ~(1u << (me - 1)));
    }
    if (guest->gave_way && now.had == me && promised(GUESTS_SWITCH))
        orders_fail("thread %u dropped the lock when asked, and has it again "
                    "before another had it",
                    me);
    if (now.had != me)
        now.turn++;
    now.had = (uint16_t)me;
    *guest = (struct guest){.inside = 1};
}

static void leave(unsigned me)
{
    now.of[me].inside = 0;
    now.of[me].gave_way = is_asked();
}

/* Does a thread wait that has waited a whole interval for the holder? */
static bool overdue(void)
{
    const struct threads *threads = orders_threads();
    for (size_t i = 0; i < threads->count; i++) {
        const struct thread *thread = threads->thread[i];
        if (now.of[thread->number].waited == now.turn + 1 &&
            thread->point.kind == POINT_WAKE && !orders_can_go(thread))
            return true;
    }
    return false;
}

static void pass_checkpoint(unsigned me)
{
    uint16_t turn = now.turn;
    bool must_lose = overdue() && promised(GUESTS_LOSE);
    leave(me);
    guests->checkpoint(me);
    if (now.turn == turn && must_lose)
        orders_fail("thread %u passes a checkpoint and keeps the lock, though "
                    "another has waited a whole interval for it",
                    me);
    get(me);
}

static void body(void *with, unsigned me)
{
    (void)with;
    for (unsigned round = 0; round < guests->rounds; round++) {
        come(me);
        guests->take(me);
        get(me);
        orders_note("has the lock");
        for (unsigned i = 0; i < guests->checkpoints; i++)
            pass_checkpoint(me);
        leave(me);
        guests->drop(me);
    }
}

/* Outside, or waiting: not on its way. */
static bool rests(const struct thread *thread)
{
    return thread->ended || thread->point.kind == POINT_NOTE ||
           thread->point.kind == POINT_BEGIN || !orders_can_go(thread) ||
           orders_spins(thread);
}

/* Those that wait in take() while nobody is on the way. */
static void see_who_waits(void)
{
    const struct threads *threads = orders_threads();
    for (size_t i = 0; i < threads->count; i++)
        if (!rests(threads->thread[i]))
            return;
    for (size_t i = 0; i < threads->count; i++) {
        struct guest *guest = &now.of[threads->thread[i]->number];
        guest->waits = guest->in_take && !threads->thread[i]->ended &&
                       threads->thread[i]->point.kind != POINT_NOTE;
    }
}

/* Whether the last step began a wait, ended one by its time limit, or asked. */
static void see_who_asks(void)
{
    const struct thread *last = orders_last();
    if (!last)
        return;
    struct guest *guest = &now.of[last->number];
    unsigned turn = now.turn + 1u;
    if (orders_last_step()->woken == WOKEN_BY_TIME)
        guest->waited = guest->wait_began == turn ? (uint16_t)turn : 0;
    if (last->point.kind == POINT_WAKE)
        guest->wait_began = (uint16_t)turn;
    bool asked = is_asked();
    if (asked && !now.asked && guest->waited != turn &&
        promised(GUESTS_ASK_LATE))
        orders_fail("thread %u asks for the lock before it has waited a whole "
                    "interval for the thread that has it",
                    last->number);
    now.asked = asked;
}

static void look(void *with)
{
    (void)with;
    if (keeps_order())
        see_who_waits();
    see_who_asks();
}

static void end(void *with)
{
    (void)with;
    if (is_asked() && promised(GUESTS_LEAVE_NO_REQUEST))
        orders_fail("all have ended, and the request to drop the lock is left");
}

struct orders_subject guests_subject(const struct guests *of)
{
    guests = of;
    return (struct orders_subject){.threads = of->threads,
                                   .begin = begin,
                                   .body = body,
                                   .look = look,
                                   .end = end,
                                   .remembers = &now,
                                   .remembers_bytes = sizeof now,
                                   .hidden = of->hidden,
                                   .hidden_bytes = of->hidden_bytes};
}
