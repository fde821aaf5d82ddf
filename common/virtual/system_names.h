/* SPDX-License-Identifier: MIT
 *
 * This file gives other names to what POSIX and C11 offer for threads. It is
 * included before everything else (-include common/virtual/system_names.h). So
 * a program runs on the threads of threads.h, and not one line of it is
 * changed. The system's types stay as they are (sync.h says why).
 *
 * names.h does the same for files that use the kit.
 */
#ifndef VIRTUAL_SYSTEM_NAMES_H
#define VIRTUAL_SYSTEM_NAMES_H

/* What declares the names must be read before they change. */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/virtual/heap.h"
#include "common/virtual/sync.h"

#define pthread_create(thread, attributes, body, with)                         \
    ((void)(attributes), virtual_create(thread, body, with, VIRTUAL_HERE))
#define pthread_join(thread, result) virtual_join(thread, result, VIRTUAL_HERE)
#define pthread_detach virtual_detach
#define pthread_exit virtual_exit
#define pthread_self virtual_self
#define pthread_cancel(thread) virtual_missing("pthread_cancel", VIRTUAL_HERE)
#define pthread_key_create(key, end)                                           \
    virtual_missing("pthread_key_create", VIRTUAL_HERE)
#define pthread_kill(thread, signal)                                           \
    virtual_missing("pthread_kill", VIRTUAL_HERE)
#define pthread_setname_np(thread, name) ((void)(thread), (void)(name), 0)
#define pthread_tryjoin_np(thread, result)                                     \
    virtual_missing("pthread_tryjoin_np", VIRTUAL_HERE)
#define pthread_timedjoin_np(thread, result, until)                            \
    virtual_missing("pthread_timedjoin_np", VIRTUAL_HERE)
#define pthread_mutex_clocklock(mutex, clock, until)                           \
    virtual_missing("pthread_mutex_clocklock", VIRTUAL_HERE)
#define pthread_cond_clockwait(cond, mutex, clock, until)                      \
    virtual_missing("pthread_cond_clockwait", VIRTUAL_HERE)
#define pthread_rwlock_clockrdlock(lock, clock, until)                         \
    virtual_missing("pthread_rwlock_clockrdlock", VIRTUAL_HERE)
#define pthread_rwlock_clockwrlock(lock, clock, until)                         \
    virtual_missing("pthread_rwlock_clockwrlock", VIRTUAL_HERE)
#define sem_clockwait(semaphore, clock, until)                                 \
    virtual_missing("sem_clockwait", VIRTUAL_HERE)
#define fork() virtual_missing("fork", VIRTUAL_HERE)

#define pthread_mutex_init virtual_mutex_init_pthread
#define pthread_mutex_destroy(mutex) virtual_mutex_destroy(mutex, VIRTUAL_HERE)
#define pthread_mutex_lock(mutex) virtual_mutex_lock(mutex, NULL, VIRTUAL_HERE)
#define pthread_mutex_timedlock(mutex, until)                                  \
    virtual_mutex_lock(mutex, until, VIRTUAL_HERE)
#define pthread_mutex_trylock(mutex) virtual_mutex_trylock(mutex, VIRTUAL_HERE)
#define pthread_mutex_unlock(mutex) virtual_mutex_unlock(mutex, VIRTUAL_HERE)

/* glibc has these. They set the bytes that locks.c looks at. Each version of
 * clang-format has a layout of its own for them. */
#ifdef PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP
#undef PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP
#undef PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP
/* clang-format off */
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP {.__size = {[6] = 1}}
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP {.__size = {[7] = 1}}
/* clang-format on */
#endif

#define pthread_cond_init(cond, attributes)                                    \
    ((void)(attributes), virtual_cond_init(cond))
#define pthread_cond_destroy(cond) virtual_cond_destroy(cond, VIRTUAL_HERE)
#define pthread_cond_wait(cond, mutex)                                         \
    virtual_cond_wait(cond, mutex, NULL, VIRTUAL_HERE)
#define pthread_cond_timedwait(cond, mutex, until)                             \
    virtual_cond_wait(cond, mutex, until, VIRTUAL_HERE)
#define pthread_cond_signal(cond) virtual_cond_signal(cond, VIRTUAL_HERE)
#define pthread_cond_broadcast(cond) virtual_cond_broadcast(cond, VIRTUAL_HERE)

#define pthread_rwlock_init(lock, attributes)                                  \
    ((void)(attributes), virtual_rwlock_init(lock))
#define pthread_rwlock_destroy(lock) virtual_rwlock_destroy(lock, VIRTUAL_HERE)
#define pthread_rwlock_rdlock(lock)                                            \
    virtual_rwlock_rdlock(lock, NULL, VIRTUAL_HERE)
#define pthread_rwlock_timedrdlock(lock, until)                                \
    virtual_rwlock_rdlock(lock, until, VIRTUAL_HERE)
#define pthread_rwlock_tryrdlock(lock)                                         \
    virtual_rwlock_tryrdlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_wrlock(lock)                                            \
    virtual_rwlock_wrlock(lock, NULL, VIRTUAL_HERE)
#define pthread_rwlock_timedwrlock(lock, until)                                \
    virtual_rwlock_wrlock(lock, until, VIRTUAL_HERE)
#define pthread_rwlock_trywrlock(lock)                                         \
    virtual_rwlock_trywrlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_unlock(lock) virtual_rwlock_unlock(lock, VIRTUAL_HERE)

#define pthread_spin_init(lock, shared)                                        \
    ((void)(shared), virtual_spin_init(lock))
#define pthread_spin_destroy virtual_nothing
#define pthread_spin_lock(lock) virtual_spin_lock(lock, VIRTUAL_HERE)
#define pthread_spin_trylock(lock) virtual_spin_trylock(lock, VIRTUAL_HERE)
#define pthread_spin_unlock(lock) virtual_spin_unlock(lock, VIRTUAL_HERE)

#define pthread_barrier_init(barrier, attributes, count)                       \
    ((void)(attributes), virtual_barrier_init(barrier, count))
#define pthread_barrier_destroy virtual_nothing
#define pthread_barrier_wait(barrier)                                          \
    (virtual_barrier_wait(barrier, VIRTUAL_HERE)                               \
         ? PTHREAD_BARRIER_SERIAL_THREAD                                       \
         : 0)

#define pthread_once(once, function) virtual_once(once, function, VIRTUAL_HERE)

#define sem_init(semaphore, shared, value)                                     \
    ((void)(shared), virtual_sem_init(semaphore, value))
#define sem_destroy(semaphore) virtual_sem_destroy(semaphore, VIRTUAL_HERE)
#define sem_wait(semaphore) virtual_sem_wait(semaphore, NULL, VIRTUAL_HERE)
#define sem_timedwait(semaphore, until)                                        \
    virtual_sem_wait(semaphore, until, VIRTUAL_HERE)
#define sem_trywait(semaphore) virtual_sem_trywait(semaphore, VIRTUAL_HERE)
#define sem_post(semaphore) virtual_sem_post(semaphore, VIRTUAL_HERE)
#define sem_getvalue virtual_sem_getvalue

#define sched_yield() virtual_yield(VIRTUAL_HERE)
#define sleep(s)                                                               \
    ((unsigned)virtual_sleep_ns(INT64_C(1000000000) * (s), VIRTUAL_HERE))
#define usleep(us) virtual_sleep_ns(INT64_C(1000) * (us), VIRTUAL_HERE)
#define nanosleep(time, left) virtual_nanosleep(time, left, VIRTUAL_HERE)
#define clock_gettime virtual_clock_gettime
#define time(result) virtual_time(result)
#define timespec_get(now, base)                                                \
    (virtual_clock_gettime(CLOCK_REALTIME, now), base)

/* What would not be the same each time, or would outlive the run. */
#define rand virtual_rand
#define random virtual_random
#define srand virtual_srand
#define srandom virtual_srand
#define exit(status) virtual_quit(status, VIRTUAL_HERE)
#define _exit(status) virtual_quit(status, VIRTUAL_HERE)
#define _Exit(status) virtual_quit(status, VIRTUAL_HERE)
#define quick_exit(status) virtual_quit(status, VIRTUAL_HERE)
#define atexit(function) ((void)(function), 0)
#define at_quick_exit(function) ((void)(function), 0)
#define abort() virtual_quit(128 + SIGABRT, VIRTUAL_HERE)
#define malloc virtual_malloc
#define calloc virtual_calloc
#define realloc virtual_realloc
#define aligned_alloc virtual_aligned
#define free virtual_free

/* gcc does not say what these do to memory. */
#define memset virtual_memset
#define memcpy virtual_memcpy
#define memmove virtual_memmove

/* C11's. Where a function of theirs can fail, it says so in its own words. */
#if !defined(__STDC_NO_THREADS__) && __has_include(<threads.h>)
#include <threads.h>

static inline int virtual_c11(int error)
{
    return !error               ? thrd_success
           : error == EBUSY     ? thrd_busy
           : error == ETIMEDOUT ? thrd_timedout
                                : thrd_error;
}

#define thrd_create(thread, body, with)                                        \
    virtual_c11(virtual_create_c11(thread, body, with, VIRTUAL_HERE))
#define thrd_join(thread, result)                                              \
    virtual_c11(virtual_join_c11(thread, result, VIRTUAL_HERE))
#define thrd_detach(thread) virtual_c11(virtual_detach(thread))
#define thrd_exit(result) virtual_exit((void *)(intptr_t)(result))
#define thrd_current virtual_self
#define thrd_yield() ((void)virtual_yield(VIRTUAL_HERE))
#define thrd_sleep(time, left) virtual_nanosleep(time, left, VIRTUAL_HERE)
#define mtx_init(mutex, type)                                                  \
    virtual_mutex_init(mutex, (mtx_recursive & (type)) != 0, false)
#define mtx_destroy(mutex) ((void)virtual_mutex_destroy(mutex, VIRTUAL_HERE))
#define mtx_lock(mutex)                                                        \
    virtual_c11(virtual_mutex_lock(mutex, NULL, VIRTUAL_HERE))
#define mtx_timedlock(mutex, until)                                            \
    virtual_c11(virtual_mutex_lock(mutex, until, VIRTUAL_HERE))
#define mtx_trylock(mutex)                                                     \
    virtual_c11(virtual_mutex_trylock(mutex, VIRTUAL_HERE))
#define mtx_unlock(mutex) virtual_c11(virtual_mutex_unlock(mutex, VIRTUAL_HERE))
#define cnd_init virtual_cond_init
#define cnd_destroy(cond) ((void)virtual_cond_destroy(cond, VIRTUAL_HERE))
#define cnd_wait(cond, mutex)                                                  \
    virtual_c11(virtual_cond_wait(cond, mutex, NULL, VIRTUAL_HERE))
#define cnd_timedwait(cond, mutex, until)                                      \
    virtual_c11(virtual_cond_wait(cond, mutex, until, VIRTUAL_HERE))
#define cnd_signal(cond) virtual_cond_signal(cond, VIRTUAL_HERE)
#define cnd_broadcast(cond) virtual_cond_broadcast(cond, VIRTUAL_HERE)
#define tss_create(key, end) virtual_missing("tss_create", VIRTUAL_HERE)
#define call_once(once, function)                                              \
    ((void)virtual_once(once, function, VIRTUAL_HERE))
#endif

#endif
