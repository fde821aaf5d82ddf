/* SPDX-License-Identifier: MIT */
#define COUNTING_OPERATIONS
#include "operations.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>

#include "common/base/portable.h"
#include "harness.h"

/* The sanitizer's own library is in a program built with it. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if !defined(__SANITIZE_THREAD__) && !__has_feature(thread_sanitizer)

static _Atomic uint64_t shared, waits;

struct operations operations_so_far(void)
{
    return (struct operations){atomic_load(&shared), atomic_load(&waits)};
}

static void count(_Atomic uint64_t *operations)
{
    atomic_fetch_add_explicit(operations, 1, memory_order_relaxed);
}

static atomic_bool shaking;

void operations_shake(void)
{
    atomic_store(&shaking, true);
}

/* Where places share a number they are only left alone the sooner. How long
 * differs, so that threads do not go in step. */
static void shake(const void *place)
{
    enum {
        PLACES = 4096,
        TIMES = 200
    };
    static atomic_uint times[PLACES];
    static _Thread_local uint64_t seed;
    if (!atomic_load_explicit(&shaking, memory_order_relaxed))
        return;
    atomic_uint *here = &times[(uintptr_t)place % PLACES];
    if (atomic_load_explicit(here, memory_order_relaxed) >= TIMES)
        return;
    unsigned time = atomic_fetch_add_explicit(here, 1, memory_order_relaxed);
    seed += time;
    nap_us(random_from(&seed, 1, 300));
}

#define SHAKE() shake(__builtin_return_address(0))

enum {
    LATE_US = 2000
};
static atomic_bool late;
static _Thread_local unsigned later_us;

void operations_wake_late(void)
{
    atomic_store(&late, true);
}

void operations_wake_later(unsigned us)
{
    later_us = us;
}

static bool wakes_late(void)
{
    return atomic_load_explicit(&late, memory_order_relaxed);
}

/* A late thread sleeps with this mutex and waits for this condition. With the
 * mutex that it waits for it would hold that for a moment when it is woken. The
 * thread that drops the lock would find it taken and be late in its place. What
 * wakes a late one holds `late_mutex`, so that nothing is missed. */
static pthread_mutex_t late_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t released = PTHREAD_COND_INITIALIZER;

static void sleep_until(bool (*had)(void *), void *what)
{
    pthread_mutex_lock(&late_mutex);
    while (!had(what)) {
        pthread_cond_wait(&released, &late_mutex);
        pthread_mutex_unlock(&late_mutex);
        nap_us(LATE_US + later_us);
        pthread_mutex_lock(&late_mutex);
    }
    pthread_mutex_unlock(&late_mutex);
}

static void wake_up(void)
{
    if (!wakes_late())
        return;
    pthread_mutex_lock(&late_mutex);
    pthread_cond_broadcast(&released);
    pthread_mutex_unlock(&late_mutex);
}

/* The mutex to wait for a condition with. */
static pthread_mutex_t *begin_late_wait(pthread_mutex_t *mutex)
{
    if (!wakes_late())
        return mutex;
    pthread_mutex_lock(&late_mutex);
    pthread_mutex_unlock(mutex);
    pthread_cond_broadcast(&released);
    return &late_mutex;
}

static void end_late_wait(pthread_mutex_t *mutex)
{
    if (!wakes_late())
        return;
    pthread_mutex_unlock(&late_mutex);
    nap_us(LATE_US + later_us);
    pthread_mutex_lock(mutex);
}

static int signal_late(int (*signal)(pthread_cond_t *), pthread_cond_t *cond)
{
    if (!wakes_late())
        return signal(cond);
    pthread_mutex_lock(&late_mutex);
    int error = signal(cond);
    pthread_mutex_unlock(&late_mutex);
    return error;
}

int counted_cond_signal(pthread_cond_t *cond)
{
    return signal_late(pthread_cond_signal, cond);
}

int counted_cond_broadcast(pthread_cond_t *cond)
{
    return signal_late(pthread_cond_broadcast, cond);
}

static bool has_mutex(void *mutex)
{
    return pthread_mutex_trylock(mutex) != EBUSY;
}

int counted_mutex_lock(pthread_mutex_t *mutex)
{
    SHAKE();
    count(&shared);
    if (!wakes_late())
        return pthread_mutex_lock(mutex);
    sleep_until(has_mutex, mutex);
    return 0;
}

int counted_mutex_unlock(pthread_mutex_t *mutex)
{
    int error = pthread_mutex_unlock(mutex);
    wake_up();
    return error;
}

int counted_mutex_trylock(pthread_mutex_t *mutex)
{
    SHAKE();
    count(&shared);
    return pthread_mutex_trylock(mutex);
}

int counted_rwlock_rdlock(pthread_rwlock_t *lock)
{
    SHAKE();
    count(&shared);
    return pthread_rwlock_rdlock(lock);
}

int counted_rwlock_wrlock(pthread_rwlock_t *lock)
{
    SHAKE();
    count(&shared);
    return pthread_rwlock_wrlock(lock);
}

#ifdef thread_local
int counted_mtx_lock(mtx_t *mutex)
{
    SHAKE();
    count(&shared);
    return mtx_lock(mutex);
}
#endif

enum {
    SLEEP_LATE_US = 50000
};
static atomic_bool sleeps_late;

void operations_sleep_late(void)
{
    atomic_store(&sleeps_late, true);
}

static void before_wait(void)
{
    count(&waits);
    if (atomic_load_explicit(&sleeps_late, memory_order_relaxed))
        nap_us(SLEEP_LATE_US);
}

int counted_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
    SHAKE();
    before_wait();
    int error = pthread_cond_wait(cond, begin_late_wait(mutex));
    end_late_wait(mutex);
    return error;
}

int counted_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                           const struct timespec *until)
{
    SHAKE();
    before_wait();
    int error = pthread_cond_timedwait(cond, begin_late_wait(mutex), until);
    end_late_wait(mutex);
    return error;
}

bool counted_cond_wait_us(pthread_cond_t *cond, pthread_mutex_t *mutex,
                          int64_t us)
{
    SHAKE();
    before_wait();
    bool timed_out = cond_wait_us(cond, begin_late_wait(mutex), us);
    end_late_wait(mutex);
    return timed_out;
}

static bool has_unit(void *semaphore)
{
    return sem_trywait(semaphore) == 0;
}

int counted_sem_wait(sem_t *semaphore)
{
    SHAKE();
    before_wait();
    if (!wakes_late())
        return sem_wait(semaphore);
    sleep_until(has_unit, semaphore);
    return 0;
}

int counted_sem_post(sem_t *semaphore)
{
    int error = sem_post(semaphore);
    wake_up();
    return error;
}

int counted_nanosleep(const struct timespec *time, struct timespec *left)
{
    count(&waits);
    return nanosleep(time, left);
}

int counted_usleep(unsigned us)
{
    count(&waits);
    nap_us(us);
    return 0;
}

int counted_yield(void)
{
    count(&waits);
    return sched_yield();
}

void counted_sleep_ns(int64_t ns)
{
    count(&waits);
    nap_us((unsigned)(ns / 1000));
}

#pragma GCC visibility push(default)

/* What the compiler calls around each access to memory. The plain ones are as
 * cheap as any work that a thread does alone. */
#define NOTHING(name, ...)                                                     \
    void __tsan_##name(__VA_ARGS__);                                           \
    void __tsan_##name(__VA_ARGS__)                                            \
    {                                                                          \
    }

#define ACCESS(name)                                                           \
    void __tsan_##name(void *at);                                              \
    void __tsan_##name(void *at)                                               \
    {                                                                          \
        (void)at;                                                              \
        SHAKE();                                                               \
    }

#define PLAIN(bytes)                                                           \
    ACCESS(read##bytes)                                                        \
    ACCESS(write##bytes)                                                       \
    ACCESS(unaligned_read##bytes)                                              \
    ACCESS(unaligned_write##bytes)

PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)
NOTHING(init, void)
NOTHING(func_entry, void *caller __attribute__((unused)))
NOTHING(func_exit, void)
NOTHING(read_range, void *at __attribute__((unused)),
        size_t bytes __attribute__((unused)))
NOTHING(write_range, void *at __attribute__((unused)),
        size_t bytes __attribute__((unused)))

/* The atomic ones are done here, in the strongest order, and counted. */
#define CHANGE(bits, change)                                                   \
    uint##bits##_t __tsan_atomic##bits##_##change(                             \
        volatile uint##bits##_t *at, uint##bits##_t value, int order);         \
    uint##bits##_t __tsan_atomic##bits##_##change(                             \
        volatile uint##bits##_t *at, uint##bits##_t value, int order)          \
    {                                                                          \
        (void)order;                                                           \
        SHAKE();                                                               \
        count(&shared);                                                        \
        return __atomic_##change(at, value, __ATOMIC_SEQ_CST);                 \
    }
#define __atomic_exchange __atomic_exchange_n

#define COMPARE(bits, name)                                                    \
    int __tsan_atomic##bits##_compare_exchange_##name(                         \
        volatile uint##bits##_t *at, uint##bits##_t *expected,                 \
        uint##bits##_t value, int order, int failure);                         \
    int __tsan_atomic##bits##_compare_exchange_##name(                         \
        volatile uint##bits##_t *at, uint##bits##_t *expected,                 \
        uint##bits##_t value, int order, int failure)                          \
    {                                                                          \
        (void)order;                                                           \
        (void)failure;                                                         \
        SHAKE();                                                               \
        count(&shared);                                                        \
        return __atomic_compare_exchange_n(                                    \
            at, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);   \
    }

#define ATOMIC(bits)                                                           \
    uint##bits##_t __tsan_atomic##bits##_load(                                 \
        const volatile uint##bits##_t *at, int order);                         \
    uint##bits##_t __tsan_atomic##bits##_load(                                 \
        const volatile uint##bits##_t *at, int order)                          \
    {                                                                          \
        (void)order;                                                           \
        SHAKE();                                                               \
        return __atomic_load_n(at, __ATOMIC_SEQ_CST);                          \
    }                                                                          \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *at,              \
                                     uint##bits##_t value, int order);         \
    void __tsan_atomic##bits##_store(volatile uint##bits##_t *at,              \
                                     uint##bits##_t value, int order)          \
    {                                                                          \
        SHAKE();                                                               \
        if (order == __ATOMIC_SEQ_CST)                                         \
            count(&shared);                                                    \
        __atomic_store_n(at, value, __ATOMIC_SEQ_CST);                         \
    }                                                                          \
    CHANGE(bits, exchange)                                                     \
    CHANGE(bits, fetch_add)                                                    \
    CHANGE(bits, fetch_sub)                                                    \
    CHANGE(bits, fetch_and)                                                    \
    CHANGE(bits, fetch_or)                                                     \
    CHANGE(bits, fetch_xor)                                                    \
    CHANGE(bits, fetch_nand)                                                   \
    COMPARE(bits, strong)                                                      \
    COMPARE(bits, weak)

ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
    count(&shared);
    (void)order;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

NOTHING(atomic_signal_fence, int order __attribute__((unused)))

#pragma GCC visibility pop

#else

struct operations operations_so_far(void)
{
    return (struct operations){0};
}

void operations_shake(void)
{
}

void operations_wake_late(void)
{
}

void operations_wake_later(unsigned us)
{
    (void)us;
}

void operations_sleep_late(void)
{
}

#endif
