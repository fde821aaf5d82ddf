/* SPDX-License-Identifier: MIT
 *
 * An object to which several threads have references, and what they do with it:
 * everything of labs/09_refcount.c but the ways to count, which are the lab's
 * own. A thread that drops the last reference would free the object; here it
 * only notes that it would.
 */
#ifndef PYTHON_OBJECT_H
#define PYTHON_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/lab/options.h"
#include "common/run/tasks.h"

/* Biased counting: when does the owner end? Any time; or the others go on until
 * it has; or it goes on until they have. */
enum owner_ends {
    OWNER_ENDS_ANY_TIME,
    OWNER_ENDS_FIRST,
    OWNER_ENDS_LAST,
};

enum {
    SHARED_MERGED = 3, /* flag in `shared`: nobody owns the object any more */
    SHARED_ONE = 4,    /* one reference in `shared` */
    OBJECT_BATCH = 1000,
};

struct object;
/* Take or drop a reference, in the thread of task number `me`. */
typedef void object_change(struct object *object, int64_t me);

/* A way to count references. */
struct counting {
    const char *name;
    /* object_use() with the two below, inlined */
    void (*use)(struct object *object, struct task *task);
    object_change *take, *drop;
    bool may_be_wrong; /* that is the lesson; else the task has failed */
    bool locks;        /* under the interpreter lock */
    bool has_owner;    /* the first task */
};

/* All counts are C atomics, so that the wrong way has no undefined behaviour
 * either. On a cache line of its own, so that it costs the same in every run.
 */
struct object {
    _Alignas(64) _Atomic int64_t count; /* all but biased: ob_refcnt */
    _Atomic int64_t owner;              /* biased: a task, or 0: ob_tid */
    _Atomic int64_t local;              /* the owner's own: ob_ref_local */
    _Atomic int64_t shared;             /* all others': ob_ref_shared */
    atomic_int freed;                   /* how often */
    const struct counting *counting;
    enum owner_ends owner_ends;
    unsigned sharers;    /* tasks */
    atomic_uint arrived; /* of them */
};

/* A run for one way to count: all tasks share one object, and take and drop
 * `count` references each. Says, on the screen and as figures of the run,
 * whether the object was freed once and no reference is left. A way that may be
 * wrong is tried up to five times until it is. */
void objects_share(struct run *run, const struct counting *counting,
                   enum owner_ends owner_ends, const struct options *options,
                   uint64_t count);

/* What a take or a drop costs, for the runs of `ways` ways: alone, and as it
 * was shared. Also what it costs compared with `plain` alone. */
void objects_cost(struct run *run, const struct counting *way, size_t ways,
                  const struct counting *plain, const struct gil_config *lock);

/* Is it time for one of a task's 16 naps, after so many of its references? Only
 * where the object is shared. */
bool object_nap_is_due(const struct object *object, uint64_t done,
                       uint64_t todo);

/* Sleep for 100 us, as if the system had put the thread aside. */
void object_nap(void);

/* Take references and drop them again, task->todo in all, a thousand at a time,
 * as a list that is filled and emptied. Now and then take one by `take_slowly`
 * (NULL: never). Pass a checkpoint after each (NULL: there is no lock).
 * Inlined, so that each way to count has a loop of its own. */
__attribute__((always_inline)) static inline void
object_use(struct object *object, struct task *task, object_change *take,
           object_change *drop, object_change *take_slowly,
           struct gil_thread *holder)
{
    int64_t me = task->number;
    uint64_t todo = task->todo;
    uint64_t batch;
    for (uint64_t done = 0; done < todo; done += batch) {
        batch = todo - done < OBJECT_BATCH ? todo - done : OBJECT_BATCH;
        for (uint64_t i = 0; i < batch; i++) {
            take(object, me);
            if (holder)
                gil_checkpoint(holder);
        }
        if (take_slowly && object_nap_is_due(object, done, todo)) {
            take_slowly(object, me);
            drop(object, me);
        }
        for (uint64_t i = 0; i < batch; i++) {
            drop(object, me);
            if (holder)
                gil_checkpoint(holder);
        }
    }
    task->result = todo;
}

#endif
