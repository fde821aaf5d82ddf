/* SPDX-License-Identifier: MIT
 *
 * Why is there a lock at all, and what replaces it?
 *
 * CPython counts the references to every object, several times in a line of
 * Python, and frees it when the last one is dropped. Here all threads take and
 * drop references to one object. There are four ways to count:
 *
 *     plain    load, add, store
 *     lock     the same code, under the interpreter lock
 *     atomic   one atomic addition
 *     biased   the owner plainly, the others atomically (PEP 703, Python 3.13t)
 *
 * Predict: which are right with two threads, and which with --tasks 1? What
 * does each cost a thread that shares the object with nobody? And two threads?
 * What if each thread has an object of its own (--object own)?
 *
 * In plain and lock a thread sleeps 16 times for 100 us between load and store,
 * as if the system had put it aside there. In lock it keeps the lock meanwhile.
 */
#include "common/base/relaxed.h"
#include "common/lab/report.h"
#include "common/python/object.h"

static const struct lab lab = {
    .name = "09_refcount",
    .question = "Why is there a lock at all, and what replaces it?",
    .options = OPTIONS_TASKS | OPTIONS_ROUNDS,
};

/* ---- plain: if two threads load the same count, one reference is lost. To the
 * processor a relaxed load or store is a plain one (base/relaxed.h). ---- */

static inline void plain_take(struct object *object, int64_t me)
{
    (void)me;
    store_relaxed(&object->count, load_relaxed(&object->count) + 1);
}

static void plain_take_with_nap(struct object *object, int64_t me)
{
    (void)me;
    int64_t count = load_relaxed(&object->count);
    object_nap();
    store_relaxed(&object->count, count + 1);
}

static inline void plain_drop(struct object *object, int64_t me)
{
    (void)me;
    int64_t count = load_relaxed(&object->count) - 1;
    store_relaxed(&object->count, count);
    if (count == 0)
        object->freed++;
}

/* ---- atomic: the processor loads, adds and stores in one step ---- */

static inline void atomic_take(struct object *object, int64_t me)
{
    (void)me;
    atomic_fetch_add(&object->count, 1);
}

static inline void atomic_drop(struct object *object, int64_t me)
{
    (void)me;
    if (atomic_fetch_sub(&object->count, 1) == 1)
        object->freed++;
}

/* ---- biased: Py_INCREF and Py_DECREF of CPython 3.13 without the lock
 *
 * Most objects are only ever used by the thread that made them, their owner. It
 * counts plainly in `local`, which nobody else writes. All others count
 * atomically in `shared`. After its last reference the owner gives the object
 * up (merges): it sets a flag in `shared`, and the same atomic operation tells
 * it whether others still have references. The thread that brings `shared` to
 * zero under that flag has dropped the last reference. The low two bits of
 * `shared` are the flag (3, as in CPython); the count is in the bits above.
 *
 * Left out: immortal objects, and the queue (Python/brc.c) by which a thread
 * that drops a reference of the owner's asks it to merge. ---- */

static inline void biased_take(struct object *object, int64_t me)
{
    if (load_relaxed(&object->owner) == me)
        store_relaxed(&object->local, load_relaxed(&object->local) + 1);
    else
        atomic_fetch_add(&object->shared, SHARED_ONE);
}

static inline void biased_merge(struct object *object)
{
    store_relaxed(&object->owner, 0);
    if (atomic_fetch_or(&object->shared, SHARED_MERGED) == 0)
        object->freed++;
}

static inline void biased_drop(struct object *object, int64_t me)
{
    if (load_relaxed(&object->owner) == me) {
        int64_t local = load_relaxed(&object->local) - 1;
        store_relaxed(&object->local, local);
        if (local == 0)
            biased_merge(object);
    } else if (atomic_fetch_sub(&object->shared, SHARED_ONE) ==
               SHARED_ONE + SHARED_MERGED) {
        object->freed++;
    }
}

/* ---- the loop of each. Under the lock it is plain counting, with a checkpoint
 * after each take and drop: no other thread comes in between load and store. */
static void use_plain(struct object *object, struct task *task)
{
    object_use(object, task, plain_take, plain_drop, plain_take_with_nap, NULL);
}

static void use_lock(struct object *object, struct task *task)
{
    object_use(object, task, plain_take, plain_drop, plain_take_with_nap,
               &task->gil_thread);
}

static void use_atomic(struct object *object, struct task *task)
{
    object_use(object, task, atomic_take, atomic_drop, NULL, NULL);
}

static void use_biased(struct object *object, struct task *task)
{
    object_use(object, task, biased_take, biased_drop, NULL, NULL);
}

static const struct counting ways[] = {
    {"plain", use_plain, plain_take, plain_drop, .may_be_wrong = true},
    {"lock", use_lock, plain_take, plain_drop, .locks = true},
    {"atomic", use_atomic, atomic_take, atomic_drop, .may_be_wrong = false},
    {"biased", use_biased, biased_take, biased_drop, .has_owner = true},
};

static const char *const names[] = {"plain", "lock", "atomic", "biased", NULL};
static const char *const kinds[] = {"shared", "own", "immortal", NULL};
static const char *const ends[] = {"any", "first", "last", NULL};
static int chosen = -1, kind, owner_ends; /* -1: all */
static uint64_t references;               /* 0: as many as take long enough */
static struct option_row rows[] = {
    {.name = "count",
     .value = "N",
     .help = "references of a task (10 million; not shared 100)",
     .kind = OPTION_WHOLE,
     .into = &references,
     .low = 1,
     .high = 1000000000},
    {.name = "counting",
     .value = "WAY",
     .help = "plain, lock, atomic or biased (default all)",
     .kind = OPTION_WORD,
     .into = &chosen,
     .words = names},
    {.name = "object",
     .value = "KIND",
     .help = "shared (default), own of each task, or immortal",
     .kind = OPTION_WORD,
     .into = &kind,
     .words = kinds},
    {.name = "owner",
     .value = "WHEN",
     .help = "biased: ends first, last or any time (default)",
     .kind = OPTION_WORD,
     .into = &owner_ends,
     .words = ends},
};

int main(int argc, char **argv)
{
    struct options options = lab_begin_with(&lab, rows, 4, argc, argv);
    options.lock.interval_us = 500; /* or few hand-offs in so short a run */
    struct run run[4];
    struct sharing sharing = {
        .way = &ways[chosen < 0 ? 0 : chosen],
        .ways = chosen < 0 ? 4 : 1,
        .plain = &ways[0],
        .kind = (enum object_kind)kind,
        .owner_ends = (enum owner_ends)owner_ends,
        .count = references,
        .options = &options,
    };
    if (!references)
        sharing.count = kind == OBJECT_SHARED ? 10000000 : 100000000;
    struct report report = {
        .lab = &lab, .options = &options, .count = sharing.count};

    objects_share(&sharing, run);
    objects_cost(&sharing, run);
    for (size_t i = 0; i < sharing.ways; i++)
        report.run[i] = &run[i];
    return report_finish(&report);
}
