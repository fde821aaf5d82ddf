/* SPDX-License-Identifier: MIT
 *
 * Four ways to count the references to an object that threads share. Each is a
 * take (CPython's Py_INCREF) and a drop (Py_DECREF) in refcount.c; whoever
 * drops the last reference frees the object. Here it is only noted that it
 * would.
 *
 *     plain    load, add, store. Two threads may load the same count, and then
 *              one of their references is never seen.
 *     lock     the same code under the interpreter lock, as CPython with it:
 *              nobody else gets in between, for there is no checkpoint there.
 *     atomic   the processor does all three in one go. Right without a lock,
 *              but each one costs several plain ones, also when alone.
 *     biased   CPython without the lock. Most objects are only ever used by the
 *              thread that made them: the owner. It counts plainly in a word
 *              that nobody else writes; all others count atomically in another.
 *
 * `biased` follows PEP 703 and CPython 3.13: Py_INCREF and Py_DECREF in
 * Include/object.h (3.14: Include/refcount.h), _Py_DecRefShared and
 * _Py_MergeZeroLocalRefcount in Objects/object.c. The references are local plus
 * shared. When the owner has dropped the last one of its own, it gives the
 * object up (merges): a flag in the two low bits of shared, set in the same
 * atomic operation that finds out whether others still have references. Whoever
 * brings shared to zero under that flag has dropped the last one.
 *
 * Left out: immortal objects, weak references, and the queue (Python/brc.c) by
 * which a thread that drops a reference that the owner took asks the owner to
 * merge. So here each thread drops what it took itself.
 *
 * All fields are C atomics, so that the wrong way has no undefined behaviour
 * either; a relaxed load or store is the processor's plain one.
 */
#ifndef PYTHON_REFCOUNT_H
#define PYTHON_REFCOUNT_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/run/tasks.h"

enum counting {
    COUNT_PLAIN,
    COUNT_LOCK,
    COUNT_ATOMIC,
    COUNT_BIASED,
    COUNT_STRANGER, /* biased, and the owner is no task of ours: to time it */
};

/* Biased: when does the owner end? Any time, or others go on until it has, or
 * it goes on until they have. */
enum owner_ends {
    OWNER_ENDS_ANY_TIME,
    OWNER_ENDS_FIRST,
    OWNER_ENDS_LAST,
};

enum {
    SHARED_MERGED = 3, /* flag in `shared`: nobody owns the object any more */
    SHARED_ONE = 4,    /* one reference in `shared` */
};

/* On a cache line of its own, so that it costs the same in every run. */
struct object {
    _Alignas(64) _Atomic int64_t count; /* all but biased: ob_refcnt */
    _Atomic int64_t owner;              /* a task's number, or 0: ob_tid */
    _Atomic int64_t local;              /* its own references: ob_ref_local */
    _Atomic int64_t shared;             /* all others': ob_ref_shared */
    atomic_int freed;                   /* how often */
    enum counting counting;
    enum owner_ends owner_ends;
    unsigned sharers;    /* tasks */
    atomic_uint arrived; /* of them */
};

/* An object to which each of `tasks` tasks has one reference. */
void object_init(struct object *object, enum counting counting, uint64_t tasks);

/* How many references there are; only after all threads were joined. */
int64_t object_references(const struct object *object);

/* A task's body: take and drop references to the object in task->with, each
 * task->todo times, a thousand at once, as a list that is filled and emptied;
 * then drop the one that it was given at the start.
 *
 * Where there are others, all begin together, and a task that counts plainly,
 * under the lock or not, naps for 100 us between a load and its store, 16 times
 * in all, as if the system had put it aside there. That happens without help
 * too, but so seldom, above all with one processor, that plain counting would
 * be right in many runs (so it is still in one of 200). A nap is no CPU time:
 * what a turn costs stays as it is. */
void object_use(struct task *task);

#endif
