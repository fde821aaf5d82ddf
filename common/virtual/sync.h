/* SPDX-License-Identifier: MIT
 *
 * What POSIX and C11 threads offer, for the threads of threads.h: the functions
 * behind names.h. Each is one or more points, and does what its namesake does;
 * the last argument says where it was called.
 *
 * The objects lie in the memory of the system's own types, so that no struct
 * changes its size and the static initialisers of the system serve. Mutexes,
 * conditions and onces are `void *` because C11 and POSIX have a type each.
 * Called outside a run, where there is one thread, they do not wait.
 */
#ifndef VIRTUAL_SYNC_H
#define VIRTUAL_SYNC_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "common/base/timing.h"
#include "common/virtual/place.h"

/* Mutexes; `recursive` and `checked` as PTHREAD_MUTEX_RECURSIVE, _ERRORCHECK.
 * The time limit is absolute; NULL: none. */
int virtual_mutex_init(void *mutex, bool recursive, bool checked);
int virtual_mutex_init_pthread(void *mutex, const pthread_mutexattr_t *with);
int virtual_mutex_destroy(void *mutex, struct virtual_place here);
int virtual_mutex_lock(void *mutex, const struct timespec *until,
                       struct virtual_place here);
int virtual_mutex_trylock(void *mutex, struct virtual_place here);
int virtual_mutex_unlock(void *mutex, struct virtual_place here);

/* Conditions. The kit's own wait takes microseconds and says whether the time
 * ran out. */
int virtual_cond_init(void *cond);
int virtual_cond_destroy(void *cond, struct virtual_place here);
int virtual_cond_wait(void *cond, void *mutex, const struct timespec *until,
                      struct virtual_place here);
bool virtual_cond_wait_us(void *cond, void *mutex, int64_t us,
                          struct virtual_place here);
int virtual_cond_signal(void *cond, struct virtual_place here);
int virtual_cond_broadcast(void *cond, struct virtual_place here);

int virtual_rwlock_init(pthread_rwlock_t *lock);
int virtual_rwlock_destroy(pthread_rwlock_t *lock, struct virtual_place here);
int virtual_rwlock_rdlock(pthread_rwlock_t *lock, const struct timespec *until,
                          struct virtual_place here);
int virtual_rwlock_tryrdlock(pthread_rwlock_t *lock, struct virtual_place here);
int virtual_rwlock_wrlock(pthread_rwlock_t *lock, const struct timespec *until,
                          struct virtual_place here);
int virtual_rwlock_trywrlock(pthread_rwlock_t *lock, struct virtual_place here);
int virtual_rwlock_unlock(pthread_rwlock_t *lock, struct virtual_place here);

/* Semaphores; errors are in errno. */
int virtual_sem_init(sem_t *semaphore, unsigned value);
int virtual_sem_destroy(sem_t *semaphore, struct virtual_place here);
int virtual_sem_wait(sem_t *semaphore, const struct timespec *until,
                     struct virtual_place here);
int virtual_sem_trywait(sem_t *semaphore, struct virtual_place here);
int virtual_sem_post(sem_t *semaphore, struct virtual_place here);
int virtual_sem_getvalue(sem_t *semaphore, int *value);

int virtual_spin_init(volatile void *lock);
int virtual_spin_lock(volatile void *lock, struct virtual_place here);
int virtual_spin_trylock(volatile void *lock, struct virtual_place here);
int virtual_spin_unlock(volatile void *lock, struct virtual_place here);

/* The last to arrive gets 1, the others 0. */
int virtual_barrier_init(void *barrier, unsigned count);
int virtual_barrier_wait(void *barrier, struct virtual_place here);

int virtual_once(void *once, void (*function)(void), struct virtual_place here);

/* Threads; a handle is a thread's number. */
int virtual_create(pthread_t *thread, void *(*body)(void *), void *with,
                   struct virtual_place here);
int virtual_create_c11(pthread_t *thread, int (*body)(void *), void *with,
                       struct virtual_place here);
int virtual_join(pthread_t thread, void **result, struct virtual_place here);
int virtual_join_c11(pthread_t thread, int *result, struct virtual_place here);
_Noreturn void virtual_exit(void *result);
int virtual_detach(pthread_t thread);
pthread_t virtual_self(void);
int virtual_yield(struct virtual_place here);

/* A clock that the system does not have: for how long the thread could have
 * used a processor and had none. */
#define VIRTUAL_DELAY ((clockid_t)1000)

/* Sleep: returns 0. Every clock counts from the beginning of the run, also
 * those of processor time. */
int virtual_sleep_ns(int64_t ns, struct virtual_place here);
int virtual_nanosleep(const struct timespec *time, struct timespec *left,
                      struct virtual_place here);
int virtual_clock_gettime(clockid_t clock, struct timespec *now);
int64_t virtual_clock_ns(clockid_t clock);
int64_t virtual_wall_ns(void);
struct stopwatch virtual_stopwatch_start(clockid_t cpu_clock);
struct elapsed virtual_stopwatch_read(const struct stopwatch *watch);

time_t virtual_time(time_t *result);

/* They use all of that memory. */
void *virtual_memset(void *memory, int byte, size_t bytes);
void *virtual_memcpy(void *to, const void *from, size_t bytes);
void *virtual_memmove(void *to, const void *from, size_t bytes);

/* Each thread has its own numbers, the same in each run. */
int virtual_rand(void);
long virtual_random(void);
void virtual_srand(unsigned seed);

/* The end of the program. */
_Noreturn void virtual_quit(int status, struct virtual_place here);

/* To destroy a spin lock or a barrier nothing need be done. */
static inline int virtual_nothing(const volatile void *object)
{
    (void)object;
    return 0;
}

/* What has no virtual counterpart: fails and says so. */
_Noreturn int virtual_missing(const char *name, struct virtual_place here);

#endif
