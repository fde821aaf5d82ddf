/* SPDX-License-Identifier: MIT
 *
 * Counts what makes shared memory expensive, so that no grade depends on how
 * expensive it is on the grader's processor: one atomic addition costs as much
 * as a plain one on some, and seventeen times as much on others.
 *
 * A student's file is compiled for it with -fsanitize=thread, but linked
 * without that sanitizer's library: the compiler then calls a function of ours
 * in place of each atomic operation. This header is included before the file
 * (-include), and gives the calls that lock, wait or sleep other names.
 */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#if __has_include(<threads.h>)
#include <threads.h>
#endif

/* A student's shared object finds what is declared here, and nothing else of
 * the harness. */
#pragma GCC visibility push(default)

struct operations {
    /* Atomic read-modify-writes, sequentially consistent stores (the same
     * instruction on most processors), fences, and locks taken or tried. */
    uint64_t shared;
    uint64_t waits; /* sleeps, yields, waits on a condition or a semaphore */
};

/* Of the student's code, in all threads, since the program began. */
struct operations operations_so_far(void);

int counted_mutex_lock(pthread_mutex_t *mutex);
int counted_mutex_unlock(pthread_mutex_t *mutex);
int counted_mutex_trylock(pthread_mutex_t *mutex);
int counted_rwlock_rdlock(pthread_rwlock_t *lock);
int counted_rwlock_wrlock(pthread_rwlock_t *lock);
int counted_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex);
int counted_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *mutex,
                           const struct timespec *until);
bool counted_cond_wait_us(pthread_cond_t *cond, pthread_mutex_t *mutex,
                          int64_t us);
int counted_cond_signal(pthread_cond_t *cond);
int counted_cond_broadcast(pthread_cond_t *cond);
int counted_sem_wait(sem_t *semaphore);
int counted_sem_post(sem_t *semaphore);
int counted_nanosleep(const struct timespec *time, struct timespec *left);
int counted_usleep(unsigned us);
int counted_yield(void);
void counted_sleep_ns(int64_t ns);
#ifdef thread_local
int counted_mtx_lock(mtx_t *mutex);
#endif

#pragma GCC visibility pop

/* From here on the student's code sleeps for a moment before each access to
 * memory, lock or wait, the first times that it comes to this place. So two
 * steps that should be one are seen as two, on any machine. */
void operations_shake(void);

/* From here on a thread of the student's code that had to sleep, for a mutex, a
 * condition or a semaphore, needs 2 ms to go on when it is woken. So one that
 * drops a lock and takes it again without waiting has it before. */
void operations_wake_late(void);

/* The calling thread then needs so much more than that. */
void operations_wake_later(unsigned us);

/* From here on a thread of the student's code that waits for a condition or a
 * semaphore rests for 50 ms before it does. So it is woken before it sleeps, if
 * that can be. */
void operations_sleep_late(void);

#ifndef COUNTING_OPERATIONS
#define pthread_mutex_lock counted_mutex_lock
#define pthread_mutex_unlock counted_mutex_unlock
#define pthread_mutex_trylock counted_mutex_trylock
#define pthread_rwlock_rdlock counted_rwlock_rdlock
#define pthread_rwlock_wrlock counted_rwlock_wrlock
#define pthread_cond_wait counted_cond_wait
#define pthread_cond_timedwait counted_cond_timedwait
#define pthread_cond_signal counted_cond_signal
#define pthread_cond_broadcast counted_cond_broadcast
#define cond_wait_us counted_cond_wait_us
#define sem_wait counted_sem_wait
#define sem_post counted_sem_post
#define nanosleep counted_nanosleep
#define usleep counted_usleep
#define sched_yield counted_yield
#define sleep_ns counted_sleep_ns
#define mtx_lock counted_mtx_lock
#endif

#endif
