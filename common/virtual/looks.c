/* SPDX-License-Identifier: MIT */
#include "common/virtual/looks.h"

#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/addresses.h"
#include "common/virtual/subject.h"

enum {
    LOOKED_AT = 8 /* things that one loop looks at */
};

/* When an object was changed last: by one thread, and by any other. */
struct changed {
    uint64_t when[2];
    unsigned by[2];
};

struct look {
    const void *object;
    uintptr_t where;
    uint64_t when; /* it looked there last */
    uint64_t seen; /* it looked at this object last, wherever */
};

struct looker {
    const void *memory; /* that it writes to, or NULL */
    size_t bytes;
    uint64_t value; /* what was there before */
    unsigned in_vain;
    unsigned looked_at;
    struct look look[LOOKED_AT];
};

struct looks {
    struct addresses *objects;
    struct looker looker[ORDERS_THREADS];
    size_t lookers; /* of them, in this execution */
    uint64_t steps;
    uint64_t changes;
};

struct looks *looks_new(void)
{
    struct looks *looks = allocate(1, sizeof *looks);
    looks->objects = addresses_new(sizeof(struct changed));
    return looks;
}

void looks_free(struct looks *looks)
{
    addresses_free(looks->objects);
    free(looks);
}

void looks_begin(struct looks *looks)
{
    addresses_empty(looks->objects);
    looks->lookers = 0;
    looks->steps = looks->changes = 0;
}

static struct looker *looker_of(struct looks *looks,
                                const struct thread *thread)
{
    for (; looks->lookers < thread->number; looks->lookers++) {
        struct looker *looker = &looks->looker[looks->lookers];
        looker->memory = NULL;
        looker->in_vain = looker->looked_at = 0;
    }
    return &looks->looker[thread->number - 1];
}

static void changes_something(struct looks *looks, struct looker *looker)
{
    looks->changes++;
    looker->in_vain = looker->looked_at = 0;
}

/* What stands in memory, which the program may have freed by now. */
__attribute__((no_sanitize("address"))) static uint64_t
value_at(const void *memory, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | ((const volatile unsigned char *)memory)[i];
    return value;
}

/* True: the memory that was to be written to is as it was. */
static bool settle(struct looker *looker)
{
    const void *memory = looker->memory;
    looker->memory = NULL;
    return !memory || value_at(memory, looker->bytes) == looker->value;
}

static bool is_write(const struct point *point)
{
    return point->kind == POINT_WRITE || point->kind == POINT_CHANGE;
}

void looks_before(struct looks *looks, const struct thread *me)
{
    const struct point *point = &me->point;
    struct looker *looker = looker_of(looks, me);
    if (!settle(looker))
        changes_something(looks, looker);
    if (!is_write(point))
        return;
    if (point->bytes > sizeof looker->value) {
        changes_something(looks, looker);
        return;
    }
    looker->memory = point->object;
    looker->bytes = point->bytes;
    looker->value = value_at(point->object, point->bytes);
}

static bool changed_by_others(struct looks *looks, const struct thread *me,
                              const void *object, uint64_t since)
{
    const struct changed *changed = addresses_find(looks->objects, object);
    return changed->when[changed->by[0] == me->number] > since;
}

/* `me` looks at the object of its point, maybe again. */
static void look(struct looks *looks, const struct thread *me,
                 struct looker *looker)
{
    const void *object = me->point.object;
    struct look *here = NULL;
    for (unsigned i = 0; i < looker->looked_at; i++) {
        struct look *before = &looker->look[i];
        if (before->object != object)
            continue;
        before->seen = looks->steps;
        if (before->where == me->point.place.at)
            here = before;
    }
    if (here && !changed_by_others(looks, me, object, here->when))
        looker->in_vain++;
    else
        looker->in_vain = 0;
    if (!here)
        here = &looker->look[looker->looked_at < LOOKED_AT ? looker->looked_at++
                                                           : LOOKED_AT - 1];
    *here =
        (struct look){object, me->point.place.at, looks->steps, looks->steps};
}

static void change(struct looks *looks, const struct thread *me,
                   const void *object)
{
    struct changed *changed = addresses_find(looks->objects, object);
    if (changed->by[0] != me->number) {
        changed->by[1] = changed->by[0];
        changed->when[1] = changed->when[0];
        changed->by[0] = me->number;
    }
    changed->when[0] = looks->steps;
}

/* Loops that wait look, lock, unlock, wait, yield and sleep. */
bool looks_step(struct looks *looks, const struct thread *me)
{
    const struct point *point = &me->point;
    struct looker *looker = looker_of(looks, me);
    bool same_value = settle(looker);
    looks->steps++;
    switch (point->kind) {
    case POINT_LOCK:
    case POINT_READ_LOCK:
        look(looks, me, looker);
        if (!me->in_vain)
            change(looks, me, point->object);
        return me->in_vain;
    case POINT_WAIT:
        change(looks, me, point->second);
        return false;
    case POINT_UNLOCK:
        change(looks, me, point->object);
        return false;
    case POINT_WAKE:
    case POINT_SLEEP:
    case POINT_YIELD:
    case POINT_FENCE:
    case POINT_BEGIN:
        return false;
    default:
        if (me->in_vain || point->kind == POINT_READ ||
            (is_write(point) && same_value)) {
            look(looks, me, looker);
            return true;
        }
        change(looks, me, point->object);
        changes_something(looks, looker);
        return point->kind == POINT_JOIN || point->kind == POINT_PASS;
    }
}

unsigned looks_in_vain(struct looks *looks, const struct thread *thread)
{
    return looker_of(looks, thread)->in_vain;
}

bool looks_nothing_new(struct looks *looks, const struct thread *thread)
{
    const struct looker *looker = looker_of(looks, thread);
    for (unsigned i = 0; i < looker->looked_at; i++)
        if (changed_by_others(looks, thread, looker->look[i].object,
                              looker->look[i].seen))
            return false;
    return true;
}

uint64_t looks_changes(const struct looks *looks)
{
    return looks->changes;
}
