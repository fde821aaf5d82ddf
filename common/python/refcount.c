/* SPDX-License-Identifier: MIT */
#include "common/python/refcount.h"

#include <time.h>

enum {
    OWNER = 1,    /* the first task */
    BATCH = 1000, /* references taken before they are dropped again */
    NAPS = 16,    /* a task */
    NAP_NS = 100000,
};

static inline int64_t load(const _Atomic int64_t *from)
{
    return atomic_load_explicit(from, memory_order_relaxed);
}

static inline void store(_Atomic int64_t *to, int64_t value)
{
    atomic_store_explicit(to, value, memory_order_relaxed);
}

static inline void plain_take(struct object *object)
{
    store(&object->count, load(&object->count) + 1);
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
}

/* The same, by a thread that the system puts aside in the middle of it. */
static void plain_take_napping(struct object *object)
{
    int64_t count = load(&object->count);
    nap();
    store(&object->count, count + 1);
}

static inline void plain_drop(struct object *object)
{
    int64_t count = load(&object->count) - 1;
    store(&object->count, count);
    if (count == 0)
        object->freed++;
}

static inline void atomic_take(struct object *object)
{
    atomic_fetch_add(&object->count, 1);
}

static inline void atomic_drop(struct object *object)
{
    if (atomic_fetch_sub(&object->count, 1) == 1)
        object->freed++;
}

static inline void biased_take(struct object *object, int64_t me)
{
    if (load(&object->owner) == me)
        store(&object->local, load(&object->local) + 1);
    else
        atomic_fetch_add(&object->shared, SHARED_ONE);
}

/* The owner has no reference left of its own. From now on everybody, this
 * thread too, counts in shared. */
static void biased_merge(struct object *object)
{
    store(&object->owner, 0);
    if (atomic_fetch_or(&object->shared, SHARED_MERGED) == 0)
        object->freed++;
}

static inline void biased_drop(struct object *object, int64_t me)
{
    if (load(&object->owner) == me) {
        int64_t local = load(&object->local) - 1;
        store(&object->local, local);
        if (local == 0)
            biased_merge(object);
    } else if (atomic_fetch_sub(&object->shared, SHARED_ONE) ==
               SHARED_ONE + SHARED_MERGED) {
        object->freed++;
    }
}

static unsigned next_batch(uint64_t done, uint64_t turns)
{
    return turns - done < BATCH ? (unsigned)(turns - done) : BATCH;
}

static bool time_for_a_nap(const struct object *object, uint64_t done,
                           uint64_t turns)
{
    return object->sharers > 1 && done % (turns / NAPS + 1) < BATCH;
}

static void use_plain(struct object *object, uint64_t turns)
{
    unsigned batch;
    for (uint64_t done = 0; done < turns; done += batch) {
        batch = next_batch(done, turns);
        for (unsigned i = 0; i < batch; i++)
            plain_take(object);
        if (time_for_a_nap(object, done, turns)) {
            plain_take_napping(object);
            plain_drop(object);
        }
        for (unsigned i = 0; i < batch; i++)
            plain_drop(object);
    }
    plain_drop(object);
}

static void use_lock(struct object *object, uint64_t turns,
                     struct gil_thread *me)
{
    unsigned batch;
    gil_take(me);
    for (uint64_t done = 0; done < turns; done += batch) {
        batch = next_batch(done, turns);
        for (unsigned i = 0; i < batch; i++) {
            plain_take(object);
            gil_checkpoint(me);
        }
        if (time_for_a_nap(object, done, turns)) {
            plain_take_napping(object);
            plain_drop(object);
        }
        for (unsigned i = 0; i < batch; i++) {
            plain_drop(object);
            gil_checkpoint(me);
        }
    }
    plain_drop(object);
    gil_drop(me);
}

static void use_atomic(struct object *object, uint64_t turns)
{
    unsigned batch;
    for (uint64_t done = 0; done < turns; done += batch) {
        batch = next_batch(done, turns);
        for (unsigned i = 0; i < batch; i++)
            atomic_take(object);
        for (unsigned i = 0; i < batch; i++)
            atomic_drop(object);
    }
    atomic_drop(object);
}

static bool must_go_on(const struct object *object, int64_t me)
{
    bool mine = load(&object->owner) == me;
    switch (object->owner_ends) {
    case OWNER_ENDS_FIRST:
        return !mine && load(&object->owner) != 0;
    case OWNER_ENDS_LAST:
        return mine && load(&object->shared) != 0;
    default:
        return false;
    }
}

static void use_biased(struct object *object, uint64_t turns, int64_t me)
{
    unsigned batch;
    for (uint64_t done = 0; done < turns; done += batch) {
        batch = next_batch(done, turns);
        for (unsigned i = 0; i < batch; i++)
            biased_take(object, me);
        for (unsigned i = 0; i < batch; i++)
            biased_drop(object, me);
    }
    while (must_go_on(object, me)) {
        biased_take(object, me);
        biased_drop(object, me);
    }
    biased_drop(object, me);
}

void object_init(struct object *object, enum counting counting, uint64_t tasks)
{
    int64_t given = (int64_t)tasks;
    *object = (struct object){.counting = counting, .sharers = (unsigned)tasks};
    switch (counting) {
    case COUNT_BIASED:
        object->owner = OWNER;
        object->local = 1;
        object->shared = (given - 1) * SHARED_ONE;
        break;
    case COUNT_STRANGER:
        object->owner = given + 1;
        object->shared = given * SHARED_ONE;
        break;
    default:
        object->count = given;
    }
}

int64_t object_references(const struct object *object)
{
    return object->count + object->local + object->shared / SHARED_ONE;
}

void object_use(struct task *task)
{
    struct object *object = task->with;
    uint64_t turns = task->todo;
    object->arrived++;
    while (object->arrived < object->sharers)
        nap();
    bool locked = object->counting == COUNT_LOCK; /* which counts by itself */
    if (!locked)
        at_once_enter(&task->run->at_once);
    switch (object->counting) {
    case COUNT_PLAIN:
        use_plain(object, turns);
        break;
    case COUNT_LOCK:
        use_lock(object, turns, &task->python);
        break;
    case COUNT_ATOMIC:
        use_atomic(object, turns);
        break;
    case COUNT_BIASED:
    case COUNT_STRANGER:
        use_biased(object, turns, task->number);
        break;
    }
    if (!locked)
        at_once_leave(&task->run->at_once);
    task->result = turns;
}
