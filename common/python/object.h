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

#include "common/base/relaxed.h"
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
    _Atomic int64_t immortal;           /* 1: never counted, never freed */
    atomic_int freed;                   /* how often */
    const struct counting *counting;
    enum owner_ends owner_ends;
    bool own;            /* one of several: each task has its own */
    unsigned sharers;    /* tasks */
    atomic_uint arrived; /* of them */
};

/* What the tasks use. */
enum object_kind {
    OBJECT_SHARED,   /* one object for all; its owner is the first task */
    OBJECT_OWN,      /* one for each task, its owner */
    OBJECT_IMMORTAL, /* one that is not counted, as None and 1 (PEP 683) */
};

/* What is compared: `ways` ways to count, `count` references a task. */
struct sharing {
    const struct counting *way;
    size_t ways;
    const struct counting *plain; /* what costs are compared with */
    enum object_kind kind;
    enum owner_ends owner_ends;
    uint64_t count;
    const struct options *options;
};

/* Make the rounds: run[i] is way i. Says, on the screen and as figures of the
 * run, whether each object was freed once and no reference is left. A way that
 * may be wrong is tried up to five times until it is. */
void objects_share(const struct sharing *sharing, struct run *run);

/* What a take or a drop costs, for these runs: alone, and as it was shared;
 * compared with `plain` alone; and the speed-up of all threads over one. Then
 * what that says about free-threaded Python, if the figures support it. */
void objects_cost(const struct sharing *sharing, struct run *run);

/* Is it time for one of a task's 16 naps, after so many of its references? Only
 * where the object is shared. */
bool object_nap_is_due(const struct object *object, uint64_t done,
                       uint64_t todo);

/* Sleep for 100 us, as if the system had put the thread aside. */
void object_nap(void);

/* Take references and drop them again, task->todo in all, a thousand at a time,
 * as a list that is filled and emptied. Now and then take one by
 * `take_with_nap` (NULL: never). Pass a checkpoint after each (NULL: there is
 * no lock). Inlined, so that each way to count has a loop of its own. */
__attribute__((always_inline)) static inline void
object_use(struct object *object, struct task *task, object_change *take,
           object_change *drop, object_change *take_with_nap,
           struct gil_thread *holder)
{
    int64_t me = task->number;
    uint64_t todo = task->todo;
    uint64_t batch;
    for (uint64_t done = 0; done < todo; done += batch) {
        batch = todo - done < OBJECT_BATCH ? todo - done : OBJECT_BATCH;
        for (uint64_t i = 0; i < batch; i++) {
            if (!load_relaxed(&object->immortal))
                take(object, me);
            if (holder)
                gil_checkpoint(holder);
        }
        if (take_with_nap && object_nap_is_due(object, done, todo)) {
            take_with_nap(object, me);
            drop(object, me);
        }
        for (uint64_t i = 0; i < batch; i++) {
            if (!load_relaxed(&object->immortal))
                drop(object, me);
            if (holder)
                gil_checkpoint(holder);
        }
    }
    task->result = todo;
}

#endif
