/* SPDX-License-Identifier: MIT
 *
 * Mutexes, reader-writer locks and conditions.
 */
#include <errno.h>

#include "common/base/fail.h"
#include "common/virtual/objects.h"
#include "common/virtual/sync.h"

/* A mutex, or a reader-writer lock: its writer owns it. */
struct VIRTUAL_OBJECT lock {
    uint32_t owner;    /* a thread's number; 0: none */
    uint16_t depth;    /* how often the owner has locked it */
    uint8_t recursive; /* bytes 6 and 7: see system_names.h */
    uint8_t checked;
    uint32_t readers;
    uint32_t last; /* the thread that owned it last */
    uint32_t destroyed;
};

/* Those that wait for it are the threads at POINT_WAKE. */
struct VIRTUAL_OBJECT cond {
    uint32_t destroyed;
};

VIRTUAL_FITS(struct lock, pthread_mutex_t);
VIRTUAL_FITS(struct lock, pthread_rwlock_t);
VIRTUAL_FITS(struct cond, pthread_cond_t);

int virtual_mutex_init(void *mutex, bool recursive, bool checked)
{
    *(struct lock *)object_in(mutex) =
        (struct lock){.recursive = recursive, .checked = checked};
    return 0;
}

int virtual_mutex_init_pthread(void *mutex, const pthread_mutexattr_t *with)
{
    int type = PTHREAD_MUTEX_DEFAULT;
    if (with)
        pthread_mutexattr_gettype(with, &type);
    return virtual_mutex_init(mutex, type == PTHREAD_MUTEX_RECURSIVE,
                              type == PTHREAD_MUTEX_ERRORCHECK);
}

static void must_be_there(const struct lock *lock, struct virtual_place here)
{
    if (lock->destroyed == VIRTUAL_DESTROYED)
        virtual_wrong("uses a lock that has been destroyed", here);
}

int virtual_mutex_destroy(void *mutex, struct virtual_place here)
{
    struct lock *lock = object_in(mutex);
    if (!virtual_me)
        return 0;
    must_be_there(lock, here);
    if (lock->owner || lock->readers)
        virtual_wrong("destroys a mutex that is locked", here);
    return destroy(mutex, sizeof *lock, &lock->destroyed, here);
}

static bool has(const struct thread *me, const struct lock *lock)
{
    return lock->owner == me->number;
}

static bool writable(const struct thread *me)
{
    const struct lock *lock = object_in(me->point.object);
    return !lock->readers &&
           (!lock->owner || (lock->recursive && has(me, lock)));
}

static bool readable(const struct thread *me)
{
    const struct lock *lock = object_in(me->point.object);
    return !lock->owner;
}

static void own(struct lock *lock)
{
    lock->owner = virtual_me->number;
    lock->depth++;
    virtual_me->moved = lock->last != 0 && lock->last != lock->owner;
    lock->last = lock->owner;
}

static bool lock_until(void *memory, int64_t until_ns,
                       struct virtual_place here)
{
    struct lock *lock = object_in(memory);
    if (has(virtual_me, lock) && !lock->recursive)
        virtual_wrong("waits for a lock that it has itself", here);
    bool locked = point_until(POINT_LOCK, memory, writable, until_ns, here);
    must_be_there(lock, here);
    if (locked)
        own(lock);
    virtual_me->in_vain = !locked;
    virtual_done();
    return locked;
}

int virtual_mutex_lock(void *mutex, const struct timespec *until,
                       struct virtual_place here)
{
    struct lock *lock = object_in(mutex);
    if (!virtual_me)
        return 0;
    if (lock->checked && has(virtual_me, lock))
        return EDEADLK;
    return lock_until(mutex, limit_ns(until), here) ? 0 : ETIMEDOUT;
}

bool virtual_mutex_free(const void *mutex)
{
    const struct lock *lock = object_in(mutex);
    return !lock->owner && !lock->readers;
}

int virtual_mutex_trylock(void *mutex, struct virtual_place here)
{
    if (!virtual_me)
        return 0;
    struct lock *lock = object_in(mutex);
    point_at(POINT_TRY_LOCK, mutex, here);
    must_be_there(lock, here);
    bool locked = writable(virtual_me);
    if (locked)
        own(lock);
    virtual_me->in_vain = !locked;
    virtual_done();
    return locked ? 0 : EBUSY;
}

static void disown(void *memory)
{
    struct lock *lock = object_in(memory);
    lock->depth = 0;
    lock->owner = 0;
    virtual_may_go_on(memory, 1);
}

int virtual_mutex_unlock(void *mutex, struct virtual_place here)
{
    struct lock *lock = object_in(mutex);
    if (!virtual_me)
        return 0;
    point_at(POINT_UNLOCK, mutex, here);
    must_be_there(lock, here);
    bool owned = has(virtual_me, lock);
    if (!owned)
        virtual_wrong(lock->owner ? "unlocks a mutex that another has locked"
                                  : "unlocks a mutex that nobody has locked",
                      here);
    bool refused = !owned && (lock->checked || lock->recursive);
    if (owned && lock->depth > 1)
        lock->depth--;
    else if (lock->owner && !refused)
        disown(mutex); /* a normal one does not look whose it is */
    virtual_done();
    return owned ? 0 : EPERM;
}

int virtual_rwlock_init(pthread_rwlock_t *lock)
{
    return virtual_mutex_init(lock, false, false);
}

int virtual_rwlock_destroy(pthread_rwlock_t *lock, struct virtual_place here)
{
    return virtual_mutex_destroy(lock, here);
}

int virtual_rwlock_wrlock(pthread_rwlock_t *lock, const struct timespec *until,
                          struct virtual_place here)
{
    return virtual_mutex_lock(lock, until, here);
}

int virtual_rwlock_trywrlock(pthread_rwlock_t *lock, struct virtual_place here)
{
    return virtual_mutex_trylock(lock, here);
}

int virtual_rwlock_rdlock(pthread_rwlock_t *memory,
                          const struct timespec *until,
                          struct virtual_place here)
{
    struct lock *lock = object_in(memory);
    if (!virtual_me)
        return 0;
    bool locked =
        point_until(POINT_READ_LOCK, memory, readable, limit_ns(until), here);
    must_be_there(lock, here);
    lock->readers += locked;
    virtual_me->in_vain = !locked;
    virtual_done();
    return locked ? 0 : ETIMEDOUT;
}

int virtual_rwlock_tryrdlock(pthread_rwlock_t *memory,
                             struct virtual_place here)
{
    struct lock *lock = object_in(memory);
    if (!virtual_me)
        return 0;
    point_at(POINT_TRY_READ_LOCK, memory, here);
    must_be_there(lock, here);
    bool locked = readable(virtual_me);
    lock->readers += locked;
    virtual_me->in_vain = !locked;
    virtual_done();
    return locked ? 0 : EBUSY;
}

int virtual_rwlock_unlock(pthread_rwlock_t *memory, struct virtual_place here)
{
    struct lock *lock = object_in(memory);
    if (!virtual_me)
        return 0;
    point_at(POINT_UNLOCK, memory, here);
    must_be_there(lock, here);
    bool locked = lock->readers || has(virtual_me, lock);
    if (!locked)
        virtual_wrong("unlocks a reader-writer lock that it has not locked",
                      here);
    else if (lock->readers)
        lock->readers--;
    else
        lock->owner = lock->depth = 0;
    if (locked)
        virtual_may_go_on(memory, (unsigned)virtual_me->threads->count);
    virtual_done();
    return locked ? 0 : EPERM;
}

int virtual_cond_init(void *cond)
{
    *(struct cond *)object_in(cond) = (struct cond){0};
    return 0;
}

static void cond_must_be_there(const void *cond, struct virtual_place here)
{
    if (((const struct cond *)object_in(cond))->destroyed == VIRTUAL_DESTROYED)
        virtual_wrong("uses a condition that has been destroyed", here);
}

int virtual_cond_destroy(void *cond, struct virtual_place here)
{
    struct cond *object = object_in(cond);
    if (!virtual_me)
        return 0;
    cond_must_be_there(cond, here);
    if (virtual_waiting(cond, 0))
        virtual_wrong("destroys a condition that another thread waits for",
                      here);
    return destroy(cond, sizeof *object, &object->destroyed, here);
}

static bool never(const struct thread *me)
{
    (void)me;
    return false;
}

/* True: woken, by a signal or by nothing; false: the time is up. */
static bool wait_until(void *cond, void *mutex, int64_t until_ns,
                       struct virtual_place here)
{
    struct lock *lock = object_in(mutex);
    if (!virtual_me)
        fail("a wait outside a run would have no end");
    struct point point = {.kind = POINT_WAIT,
                          .object = cond,
                          .second = mutex,
                          .until_ns = until_ns,
                          .place = here};
    virtual_me->point = point;
    reach();
    cond_must_be_there(cond, here);
    uint16_t depth = lock->depth;
    if (has(virtual_me, lock))
        disown(mutex);
    else
        virtual_wrong("waits on a condition without its mutex", here);
    virtual_done();
    point.kind = POINT_WAKE;
    point.ready = never;
    virtual_me->point = point;
    virtual_point();
    bool woken = virtual_me->woken != WOKEN_BY_TIME;
    virtual_done();
    lock_until(mutex, VIRTUAL_NEVER, here);
    lock->depth = depth > 1 ? depth : 1;
    return woken;
}

int virtual_cond_wait(void *cond, void *mutex, const struct timespec *until,
                      struct virtual_place here)
{
    return wait_until(cond, mutex, limit_ns(until), here) ? 0 : ETIMEDOUT;
}

bool virtual_cond_wait_us(void *cond, void *mutex, int64_t us,
                          struct virtual_place here)
{
    int64_t until_ns = virtual_wall_ns() + us * 1000;
    return !wait_until(cond, mutex, until_ns, here);
}

int virtual_cond_signal(void *cond, struct virtual_place here)
{
    if (!virtual_me)
        return 0;
    point_at(POINT_SIGNAL, cond, here);
    cond_must_be_there(cond, here);
    struct scheduler *scheduler = virtual_me->threads->scheduler;
    struct thread *woken = virtual_waiting(cond, 0);
    if (woken && scheduler->choose)
        woken = scheduler->choose(scheduler, virtual_me, woken);
    if (woken) {
        woken->woken = WOKEN_BY_SIGNAL;
        virtual_may_go_on(cond, 1);
    }
    virtual_done();
    return 0;
}

int virtual_cond_broadcast(void *cond, struct virtual_place here)
{
    if (!virtual_me)
        return 0;
    point_at(POINT_BROADCAST, cond, here);
    cond_must_be_there(cond, here);
    unsigned count = 0;
    for (struct thread *woken; (woken = virtual_waiting(cond, 0)); count++)
        woken->woken = WOKEN_BY_SIGNAL;
    if (count > 0)
        virtual_may_go_on(cond, count);
    virtual_done();
    return 0;
}
