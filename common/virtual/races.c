/* SPDX-License-Identifier: MIT */
#include "common/virtual/races.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/addresses.h"
#include "common/virtual/subject.h"

enum {
    UNIT = 8,      /* bytes of memory that are remembered together */
    REMEMBERED = 8 /* uses of them */
};

struct clock {
    uint32_t of[ORDERS_THREADS];
};

/* What is left with an object that orders threads. */
struct left {
    struct clock clock;
    uint32_t by; /* atomics: the number of the thread that released; 0: none */
};

struct unit {
    unsigned count;
    struct access access[REMEMBERED];
};

struct races {
    struct clock thread[ORDERS_THREADS];
    struct clock released[ORDERS_THREADS]; /* by a fence, for later stores */
    struct clock acquired[ORDERS_THREADS]; /* by loads, for a later fence */
    struct addresses *left;
    struct addresses *units;
    size_t threads;
};

struct races *races_new(void)
{
    struct races *races = allocate(1, sizeof *races);
    races->left = addresses_new(sizeof(struct left));
    races->units = addresses_new(sizeof(struct unit));
    return races;
}

void races_free(struct races *races)
{
    addresses_free(races->left);
    addresses_free(races->units);
    free(races);
}

void races_begin(struct races *races)
{
    for (size_t i = 0; i < races->threads; i++) {
        memset(&races->thread[i], 0, sizeof races->thread[i]);
        memset(&races->released[i], 0, sizeof races->released[i]);
        memset(&races->acquired[i], 0, sizeof races->acquired[i]);
    }
    races->threads = 0;
    addresses_empty(races->left);
    addresses_empty(races->units);
}

static struct clock *clock_of(struct races *races, const struct thread *thread)
{
    for (; races->threads < thread->number; races->threads++)
        races->thread[races->threads].of[races->threads] = 1;
    return &races->thread[thread->number - 1];
}

static void add(const struct races *races, struct clock *to,
                const struct clock *from)
{
    for (size_t i = 0; i < races->threads; i++)
        if (to->of[i] < from->of[i])
            to->of[i] = from->of[i];
}

static void acquire(struct races *races, const struct thread *me,
                    const void *object)
{
    const struct left *left = addresses_find(races->left, object);
    add(races, clock_of(races, me), &left->clock);
}

/* What a thread does from now on does not belong to what it has left. */
static void tick(struct races *races, const struct thread *me)
{
    clock_of(races, me)->of[me->number - 1]++;
}

static void release(struct races *races, const struct thread *me,
                    const void *object)
{
    struct left *left = addresses_find(races->left, object);
    add(races, &left->clock, clock_of(races, me));
    tick(races, me);
}

static bool acquires(int order)
{
    return order != __ATOMIC_RELAXED && order != __ATOMIC_RELEASE;
}

static bool releases(int order)
{
    return order == __ATOMIC_RELEASE || order == __ATOMIC_ACQ_REL ||
           order == __ATOMIC_SEQ_CST;
}

static void load(struct races *races, const struct thread *me)
{
    const struct left *left = addresses_find(races->left, me->point.object);
    add(races,
        acquires(me->point.order) ? clock_of(races, me)
                                  : &races->acquired[me->number - 1],
        &left->clock);
}

/* A store ends what an earlier release began here, unless the same thread
 * released; a read and write at once goes on with it (C11 5.1.2.4p10). */
static void store(struct races *races, const struct thread *me)
{
    struct left *left = addresses_find(races->left, me->point.object);
    bool goes_on = me->point.kind == POINT_CHANGE || left->by == me->number;
    if (!goes_on)
        memset(left, 0, sizeof *left);
    add(races, &left->clock, &races->released[me->number - 1]);
    if (releases(me->point.order)) {
        add(races, &left->clock, clock_of(races, me));
        tick(races, me);
        left->by = me->number;
    } else if (!goes_on) {
        left->by = me->number; /* it may have had a fence */
    }
}

static void fence(struct races *races, const struct thread *me)
{
    size_t i = me->number - 1;
    if (acquires(me->point.order))
        add(races, clock_of(races, me), &races->acquired[i]);
    if (releases(me->point.order)) {
        add(races, &races->released[i], clock_of(races, me));
        tick(races, me);
    }
}

static void create(struct races *races, const struct thread *me)
{
    const struct thread *created = me->point.object;
    clock_of(races, created);
    add(races, clock_of(races, created), clock_of(races, me));
    tick(races, me);
}

static bool before(const struct races *races, const struct access *earlier,
                   const struct access *access)
{
    return earlier->clock <= races->thread[access->thread].of[earlier->thread];
}

static bool conflict(const struct access *a, const struct access *b)
{
    return (a->bytes & b->bytes) && (a->writes || b->writes) &&
           !(a->atomic && b->atomic);
}

/* Whoever is in no order with `earlier`, and comes after `access`, will be in
 * no order with `access` either: then that is enough to remember. */
static bool replaces(const struct races *races, const struct access *access,
                     const struct access *earlier)
{
    return (earlier->bytes & ~access->bytes) == 0 &&
           (access->writes || !earlier->writes) &&
           (!access->atomic || earlier->atomic) &&
           before(races, earlier, access);
}

/* Is this only what the same thread did just now? */
static bool again(const struct access *earlier, const struct access *access)
{
    return earlier->thread == access->thread &&
           earlier->clock == access->clock &&
           (access->bytes & ~earlier->bytes) == 0 &&
           earlier->writes >= access->writes &&
           earlier->atomic <= access->atomic;
}

static const struct access *use(struct races *races, struct unit *unit,
                                const struct access *access)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < unit->count; i++)
        if (again(&unit->access[i], access))
            return NULL;
    for (unsigned i = 0; i < unit->count; i++) {
        const struct access *earlier = &unit->access[i];
        if (conflict(earlier, access) && !before(races, earlier, access))
            return earlier;
        if (!replaces(races, access, earlier))
            unit->access[kept++] = *earlier;
    }
    if (kept == REMEMBERED)
        memmove(unit->access, unit->access + 1, --kept * sizeof *unit->access);
    unit->access[kept++] = *access;
    unit->count = kept;
    return NULL;
}

static const struct access *access_by(struct races *races,
                                      const struct thread *me)
{
    uintptr_t from = (uintptr_t)me->point.object;
    uintptr_t end = from + (me->point.bytes ? me->point.bytes : 1);
    enum point_kind kind = me->point.kind;
    const struct access *race = NULL;
    for (uintptr_t at = from; at < end && !race; at = (at / UNIT + 1) * UNIT) {
        uintptr_t unit = at / UNIT * UNIT;
        size_t last = end - unit < UNIT ? end - unit : UNIT;
        struct access access = {
            .thread = (uint16_t)(me->number - 1),
            .bytes = (uint8_t)((1u << last) - (1u << (at - unit))),
            .kind = (uint8_t)kind,
            .writes = kind == POINT_WRITE || kind == POINT_CHANGE,
            .atomic = me->point.order != VIRTUAL_PLAIN,
            .clock = clock_of(races, me)->of[me->number - 1],
            .place = me->point.place};
        race = use(races, addresses_find(races->units, (const void *)unit),
                   &access);
    }
    return race;
}

/* What an atomic access acquires comes before it; what it leaves, after. */
static const struct access *memory_step(struct races *races,
                                        const struct thread *me)
{
    bool atomic = me->point.order != VIRTUAL_PLAIN;
    if (atomic && me->point.kind != POINT_WRITE)
        load(races, me);
    const struct access *race = access_by(races, me);
    if (atomic && me->point.kind != POINT_READ)
        store(races, me);
    return race;
}

/* It uses an object, and leaves its clock there ... */
static const struct access *
use_and_leave(struct races *races, const struct thread *me, const void *object)
{
    const struct access *race = access_by(races, me);
    release(races, me, object);
    return race;
}

/* ... or adds the clock that was left there, and uses it. */
static const struct access *get_and_use(struct races *races,
                                        const struct thread *me)
{
    acquire(races, me, me->point.object);
    return access_by(races, me);
}

const struct access *races_step(struct races *races, const struct thread *me)
{
    const struct point *point = &me->point;
    if (me->in_vain)
        return NULL;
    switch (point->kind) {
    case POINT_LOCK:
    case POINT_TRY_LOCK:
    case POINT_READ_LOCK:
    case POINT_TRY_READ_LOCK:
    case POINT_TAKE:
    case POINT_TRY_TAKE:
        return get_and_use(races, me);
    case POINT_UNLOCK:
    case POINT_POST:
        return use_and_leave(races, me, point->object);
    case POINT_WAIT:
        return use_and_leave(races, me, point->second);
    case POINT_SIGNAL:
    case POINT_BROADCAST:
        return access_by(races, me);
    case POINT_PASS:
    case POINT_ONCE:
    case POINT_JOIN:
        acquire(races, me, point->object);
        break;
    case POINT_MEET:
    case POINT_ONCE_DONE:
    case POINT_END:
        release(races, me, point->object);
        break;
    case POINT_CREATE:
        create(races, me);
        break;
    case POINT_READ:
    case POINT_WRITE:
    case POINT_CHANGE:
        return memory_step(races, me);
    case POINT_FENCE:
        fence(races, me);
        break;
    default:
        break;
    }
    return NULL;
}
