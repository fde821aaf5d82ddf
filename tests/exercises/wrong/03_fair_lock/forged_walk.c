/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Puts a function of its own in the place of the one that
 * walks through the orders. The lock is that of relaxed.c, with its data race.
 * Loses: no data race
 */
#define _GNU_SOURCE
#include "common/virtual/orders.h"
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#pragma weak orders_walk
static void walks_nothing(const void *subject, const void *bounds,
                          struct orders_result *result)
{
    (void)subject;
    (void)bounds;
    memset(result, 0, sizeof *result);
    result->executions = 100;
    result->all = 1;
}
__attribute__((constructor)) static void forge(void)
{
    unsigned char jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};

    char *at = (char *)(uintptr_t)orders_walk;
    void (*to)(const void *, const void *, struct orders_result *) =
        walks_nothing;
    if (!at)
        return;
    memcpy(jump + 2, &to, 8);
    char *page = (char *)((uintptr_t)at / 4096 * 4096);
    if (mprotect(page, 8192, PROT_READ | PROT_WRITE | PROT_EXEC))
        return;
    memcpy(at, jump, sizeof jump);
}
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/fail.h"

struct lock;
struct lock *lock_new(void);
void lock_free(struct lock *lock);
void lock_take(struct lock *lock);
void lock_drop(struct lock *lock);

struct lock {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    atomic_ulong next, serving;
};

struct lock *lock_new(void)
{
    struct lock *lock = allocate(1, sizeof *lock);
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_cond_init(&lock->changed, NULL);
    return lock;
}

void lock_free(struct lock *lock)
{
    pthread_cond_destroy(&lock->changed);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

static unsigned long serving(struct lock *lock)
{
    return atomic_load_explicit(&lock->serving, memory_order_relaxed);
}

void lock_take(struct lock *lock)
{
    unsigned long ticket =
        atomic_fetch_add_explicit(&lock->next, 1, memory_order_relaxed);
    if (serving(lock) == ticket)
        return;
    pthread_mutex_lock(&lock->mutex);
    while (serving(lock) != ticket)
        pthread_cond_wait(&lock->changed, &lock->mutex);
    pthread_mutex_unlock(&lock->mutex);
}

void lock_drop(struct lock *lock)
{
    pthread_mutex_lock(&lock->mutex);
    atomic_fetch_add_explicit(&lock->serving, 1, memory_order_relaxed);
    pthread_cond_broadcast(&lock->changed);
    pthread_mutex_unlock(&lock->mutex);
}
