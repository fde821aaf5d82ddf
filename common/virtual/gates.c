/* SPDX-License-Identifier: MIT
 *
 * Semaphores, spin locks, barriers and onces.
 */
#include <errno.h>

#include "common/base/fail.h"
#include "common/virtual/objects.h"
#include "common/virtual/sync.h"

struct VIRTUAL_OBJECT semaphore {
    uint32_t value;
    uint32_t destroyed;
};

struct VIRTUAL_OBJECT barrier {
    uint32_t count;
    uint32_t arrived;
    uint32_t round;
};

struct VIRTUAL_OBJECT once {
    uint32_t state;
};

struct VIRTUAL_OBJECT spin {
    uint32_t owner;
};

enum {
    ONCE_NOT,
    ONCE_RUNS,
    ONCE_DONE
};

VIRTUAL_FITS(struct semaphore, sem_t);
VIRTUAL_FITS(struct once, pthread_once_t);
#if defined(_POSIX_SPIN_LOCKS) && _POSIX_SPIN_LOCKS > 0
VIRTUAL_FITS(struct spin, pthread_spinlock_t);
#endif

int virtual_sem_init(sem_t *memory, unsigned value)
{
    *(struct semaphore *)object_in(memory) = (struct semaphore){.value = value};
    return 0;
}

static void must_be_there(const sem_t *memory, struct virtual_place here)
{
    const struct semaphore *semaphore = object_in(memory);
    if (semaphore->destroyed == VIRTUAL_DESTROYED)
        virtual_wrong("uses a semaphore that has been destroyed", here);
}

int virtual_sem_destroy(sem_t *memory, struct virtual_place here)
{
    struct semaphore *semaphore = object_in(memory);
    if (!virtual_me)
        return 0;
    must_be_there(memory, here);
    return destroy(memory, sizeof *semaphore, &semaphore->destroyed, here);
}

static bool above_0(const struct thread *me)
{
    const struct semaphore *semaphore = object_in(me->point.object);
    return semaphore->value > 0;
}

/* 0, or -1 with errno. */
static int take(sem_t *memory, bool may, int error)
{
    struct semaphore *semaphore = object_in(memory);
    if (may)
        semaphore->value--;
    else
        errno = error;
    if (virtual_me) {
        virtual_me->in_vain = !may;
        virtual_done();
    }
    return may ? 0 : -1;
}

int virtual_sem_wait(sem_t *memory, const struct timespec *until,
                     struct virtual_place here)
{
    if (!virtual_me)
        fail("a wait outside a run would have no end");
    bool may = point_until(POINT_TAKE, memory, above_0, limit_ns(until), here);
    must_be_there(memory, here);
    return take(memory, may, ETIMEDOUT);
}

int virtual_sem_trywait(sem_t *memory, struct virtual_place here)
{
    if (virtual_me) {
        point_at(POINT_TRY_TAKE, memory, here);
        must_be_there(memory, here);
    }
    struct semaphore *semaphore = object_in(memory);
    return take(memory, semaphore->value > 0, EAGAIN);
}

int virtual_sem_post(sem_t *memory, struct virtual_place here)
{
    struct semaphore *semaphore = object_in(memory);
    if (virtual_me) {
        point_at(POINT_POST, memory, here);
        must_be_there(memory, here);
    }
    semaphore->value++;
    if (virtual_me) {
        virtual_may_go_on(memory, 1);
        virtual_done();
    }
    return 0;
}

int virtual_sem_getvalue(sem_t *memory, int *value)
{
    struct semaphore *semaphore = object_in(memory);
    *value = (int)semaphore->value;
    return 0;
}

int virtual_spin_init(volatile void *memory)
{
    ((struct spin *)object_in(memory))->owner = 0;
    return 0;
}

static bool spins_free(const struct thread *me)
{
    const struct spin *spin = object_in(me->point.object);
    return !spin->owner;
}

/* To spin is no better than to sleep: the thread goes on when the lock is free.
 */
int virtual_spin_lock(volatile void *memory, struct virtual_place here)
{
    struct spin *spin = object_in(memory);
    if (!virtual_me)
        return 0;
    if (spin->owner == virtual_me->number)
        virtual_wrong("waits for a lock that it has itself", here);
    point_until(POINT_LOCK, (const void *)memory, spins_free, VIRTUAL_NEVER,
                here);
    spin->owner = virtual_me->number;
    virtual_done();
    return 0;
}

int virtual_spin_trylock(volatile void *memory, struct virtual_place here)
{
    struct spin *spin = object_in(memory);
    if (!virtual_me)
        return 0;
    point_at(POINT_TRY_LOCK, (const void *)memory, here);
    virtual_me->in_vain = spin->owner;
    if (!spin->owner)
        spin->owner = virtual_me->number;
    virtual_done();
    return virtual_me->in_vain ? EBUSY : 0;
}

int virtual_spin_unlock(volatile void *memory, struct virtual_place here)
{
    struct spin *spin = object_in(memory);
    if (!virtual_me)
        return 0;
    point_at(POINT_UNLOCK, (const void *)memory, here);
    if (spin->owner != virtual_me->number)
        virtual_wrong("unlocks a spin lock that it has not locked", here);
    spin->owner = 0;
    virtual_may_go_on((const void *)memory, 1);
    virtual_done();
    return 0;
}

int virtual_barrier_init(void *memory, unsigned count)
{
    *(struct barrier *)object_in(memory) = (struct barrier){.count = count};
    return count ? 0 : EINVAL;
}

static bool next_round(const struct thread *me)
{
    const struct barrier *barrier = object_in(me->point.object);
    return barrier->round != me->point.value;
}

/* 0, or 1 to the last to arrive. */
int virtual_barrier_wait(void *memory, struct virtual_place here)
{
    struct barrier *barrier = object_in(memory);
    if (!virtual_me)
        fail("a wait outside a run would have no end");
    point_at(POINT_MEET, memory, here);
    uint32_t round = barrier->round;
    bool last = ++barrier->arrived == barrier->count;
    if (last) {
        barrier->arrived = 0;
        barrier->round++;
        virtual_may_go_on(memory, barrier->count);
    }
    virtual_done();
    virtual_me->point = (struct point){.kind = POINT_PASS,
                                       .object = memory,
                                       .until_ns = VIRTUAL_NEVER,
                                       .ready = next_round,
                                       .value = round,
                                       .place = here};
    virtual_point();
    virtual_done();
    return last;
}

static bool does_not_run(const struct thread *me)
{
    const struct once *once = object_in(me->point.object);
    return once->state != ONCE_RUNS;
}

int virtual_once(void *memory, void (*function)(void),
                 struct virtual_place here)
{
    struct once *once = object_in(memory);
    if (virtual_me)
        point_until(POINT_ONCE, memory, does_not_run, VIRTUAL_NEVER, here);
    bool first = once->state == ONCE_NOT;
    if (first)
        once->state = ONCE_RUNS;
    if (virtual_me)
        virtual_done();
    if (!first)
        return 0;
    function();
    if (virtual_me)
        point_at(POINT_ONCE_DONE, memory, here);
    once->state = ONCE_DONE;
    if (virtual_me) {
        virtual_may_go_on(memory, (unsigned)virtual_me->threads->count);
        virtual_done();
    }
    return 0;
}
