/* SPDX-License-Identifier: MIT
 *
 * The one place for what POSIX leaves to each system, or what only some of them
 * have. macOS has no pthread_condattr_setclock(), so a timed wait on the
 * monotonic clock is here. Only Linux has affinity masks and quotas, so the
 * processors that this process may use are here. The unit of the memory that a
 * process has used differs, too. The other functions have reasons of that kind.
 */
#ifndef BASE_PORTABLE_H
#define BASE_PORTABLE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Like pthread_cond_init, for a condition that cond_wait_us() waits on. */
void cond_init(pthread_cond_t *cond);

/* Wait for a signal at most `us` microseconds of monotonic time. Returns true
 * when the time ran out. Like any wait on a condition, it may also return
 * early for no reason. */
bool cond_wait_us(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t us);

/* How many processors this process may use: the smaller of its affinity mask
 * and its cgroup's CPU quota, which may be a fraction (1.5). Above 0. */
double processors(void);

/* Are two of those processors threads of one core (SMT)? Together they do less
 * than two cores. False where the system does not tell. */
bool processors_share_core(void);

/* How long the calling thread has been ready to run without a processor, in
 * nanoseconds; 0 where the system does not tell. */
int64_t run_delay_ns(void);

/* What the machine's processors have done, all of them together, in
 * nanoseconds since some time before; 0 where the system does not tell. */
struct machine_times {
    int64_t busy_ns;      /* for any program, this one too */
    int64_t stolen_ns;    /* taken by the hypervisor for other machines */
    int64_t throttled_ns; /* denied to this process's cgroup by its quota */
};
struct machine_times machine_times(void);

/* The most memory that this process had in use at once, in bytes. A process
 * that was forked begins with what it shares with its parent. */
uint64_t peak_memory_bytes(void);

/* Zeroed memory that this process shares with those it forks from now on;
 * NULL where there is none. Lasts until all of them have ended. */
void *shared_memory(size_t bytes);

/* Allow `need` open descriptors for `many` of something; the message where that
 * is not possible says "1 download needs", or "2 downloads need". The limit is
 * 1,024 on most systems and 256 on macOS; a process may raise its own up to a
 * hard limit. Fails where that is too low. */
void allow_descriptors(uint64_t need, uint64_t many, const char *one,
                       const char *more);

/* Raise this process's limit on open descriptors as far as it may. */
void allow_all_descriptors(void);

/* Why there is no process or thread, from the errno of fork() or the error of
 * pthread_create(). Where it may be a limit, that is named. Not for two threads
 * at the same time. */
const char *why_no_process(int error);

/* Have the calling process continued when its parent ends, in case it is
 * stopped then. Where the system cannot do this, it stays stopped. */
void continue_after_parent(void);

/* Columns of the terminal behind `fd`; 80 where that cannot be told. */
int terminal_columns(int fd);

#endif
