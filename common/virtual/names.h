/* SPDX-License-Identifier: MIT
 *
 * Included before everything else (-include common/virtual/names.h), this gives
 * the functions of POSIX and C11 threads, the kit's own waits and clocks, and
 * the interpreter lock other names. So common/gil/interval.c, not one line of
 * it changed, is compiled a second time and runs on the threads of threads.h.
 *
 * The system's types stay as they are (sync.h says why), and so a struct gil is
 * the same in both.
 */
#ifndef VIRTUAL_NAMES_H
#define VIRTUAL_NAMES_H

/* What declares the names must be read before they change. */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/portable.h"
#include "common/base/timing.h"
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

#define pthread_mutex_init virtual_mutex_init_pthread
#define pthread_mutex_destroy virtual_nothing
#define pthread_mutex_lock(mutex) virtual_mutex_lock(mutex, NULL, VIRTUAL_HERE)
#define pthread_mutex_timedlock(mutex, until)                                  \
    virtual_mutex_lock(mutex, until, VIRTUAL_HERE)
#define pthread_mutex_trylock(mutex) virtual_mutex_trylock(mutex, VIRTUAL_HERE)
#define pthread_mutex_unlock(mutex) virtual_mutex_unlock(mutex, VIRTUAL_HERE)

#define pthread_cond_init(cond, attributes)                                    \
    ((void)(attributes), virtual_cond_init(cond))
#define pthread_cond_destroy virtual_nothing
#define pthread_cond_wait(cond, mutex)                                         \
    virtual_cond_wait(cond, mutex, NULL, VIRTUAL_HERE)
#define pthread_cond_timedwait(cond, mutex, until)                             \
    virtual_cond_wait(cond, mutex, until, VIRTUAL_HERE)
#define pthread_cond_signal(cond) virtual_cond_signal(cond, VIRTUAL_HERE)
#define pthread_cond_broadcast(cond) virtual_cond_broadcast(cond, VIRTUAL_HERE)

#define pthread_rwlock_init(lock, attributes)                                  \
    ((void)(attributes), virtual_rwlock_init(lock))
#define pthread_rwlock_destroy virtual_nothing
#define pthread_rwlock_rdlock(lock) virtual_rwlock_rdlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_tryrdlock(lock)                                         \
    virtual_rwlock_tryrdlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_wrlock(lock) virtual_rwlock_wrlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_trywrlock(lock)                                         \
    virtual_rwlock_trywrlock(lock, VIRTUAL_HERE)
#define pthread_rwlock_unlock(lock) virtual_rwlock_unlock(lock, VIRTUAL_HERE)

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
#define sem_destroy virtual_nothing
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
#define mtx_destroy(mutex) ((void)(mutex))
#define mtx_lock(mutex)                                                        \
    virtual_c11(virtual_mutex_lock(mutex, NULL, VIRTUAL_HERE))
#define mtx_timedlock(mutex, until)                                            \
    virtual_c11(virtual_mutex_lock(mutex, until, VIRTUAL_HERE))
#define mtx_trylock(mutex)                                                     \
    virtual_c11(virtual_mutex_trylock(mutex, VIRTUAL_HERE))
#define mtx_unlock(mutex) virtual_c11(virtual_mutex_unlock(mutex, VIRTUAL_HERE))
#define cnd_init virtual_cond_init
#define cnd_destroy(cond) ((void)(cond))
#define cnd_wait(cond, mutex)                                                  \
    virtual_c11(virtual_cond_wait(cond, mutex, NULL, VIRTUAL_HERE))
#define cnd_timedwait(cond, mutex, until)                                      \
    virtual_c11(virtual_cond_wait(cond, mutex, until, VIRTUAL_HERE))
#define cnd_signal(cond) virtual_cond_signal(cond, VIRTUAL_HERE)
#define cnd_broadcast(cond) virtual_cond_broadcast(cond, VIRTUAL_HERE)
#define call_once(once, function)                                              \
    ((void)virtual_once(once, function, VIRTUAL_HERE))
#endif

/* The kit's own. */
#define cond_init virtual_cond_init
#define cond_wait_us(cond, mutex, us)                                          \
    virtual_cond_wait_us(cond, mutex, us, VIRTUAL_HERE)
#define sleep_ns(ns) virtual_sleep_ns(ns, VIRTUAL_HERE)
#define clock_ns virtual_clock_ns
#define wall_ns() virtual_wall_ns()
#define machine_times() ((struct machine_times){0})
#define run_delay_ns() virtual_clock_ns(VIRTUAL_DELAY)
#define stopwatch_start virtual_stopwatch_start
#define stopwatch_read virtual_stopwatch_read

/* The interpreter lock: a program may have both, the real and this one. */
#define gil_init virtual_gil_init
#define gil_destroy virtual_gil_destroy
#define gil_take virtual_gil_take
#define gil_drop virtual_gil_drop
#define gil_begin_allow_threads virtual_gil_begin_allow_threads
#define gil_end_allow_threads virtual_gil_end_allow_threads
#define gil_eval_breaker virtual_gil_eval_breaker
#define gil_taken virtual_gil_taken
#define gil_dropping virtual_gil_dropping
#define gil_none virtual_gil_none
#define gil_mutex virtual_gil_mutex
#define gil_ticks virtual_gil_ticks
#define gil_interval virtual_gil_interval
#define gil_policies virtual_gil_policies

/* A run and its tasks, on threads of ours and in virtual seconds. */
#define run_listen virtual_run_listen
#define run_cut_short virtual_run_cut_short
#define round_began virtual_round_began
#define run_init virtual_run_init
#define run_free virtual_run_free
#define run_lock virtual_run_lock
#define run_begin virtual_run_begin
#define run_clock virtual_run_clock
#define run_end virtual_run_end
#define run_all virtual_run_all
#define run_check virtual_run_check
#define run_each_s virtual_run_each_s
#define run_figure virtual_run_figure
#define run_text virtual_run_text
#define run_flag virtual_run_flag
#define run_costs virtual_run_costs
#define task_start virtual_task_start
#define task_join virtual_task_join
#define task_run virtual_task_run
#define task_ended virtual_task_ended
#define task_fail virtual_task_fail

#endif
