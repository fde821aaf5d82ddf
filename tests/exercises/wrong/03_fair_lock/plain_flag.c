/* SPDX-License-Identifier: MIT
 *
 * Wrong: a flag that says whether the lock is held, looked at and set as if
 * both were one step.
 * Loses: one thread at a time holds the lock
 * Loses: who drops the lock does not take it again before those who wait
 * Loses: those who wait get the lock in the order they came
 * Loses: no wake-up is lost, whomever a signal wakes
 * Loses: a thread that waits sleeps
 * Loses: no data race
 */
#include <sched.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    bool held;
};

struct lock *lock_new(void)
{
    return allocate(1, sizeof(struct lock));
}

void lock_free(struct lock *lock)
{
    free(lock);
}

void lock_take(struct lock *lock)
{
    while (*(volatile bool *)&lock->held)
        sched_yield();
    lock->held = true;
}

void lock_drop(struct lock *lock)
{
    lock->held = false;
}
