/* SPDX-License-Identifier: MIT */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity, MAP_ANONYMOUS */
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE /* pthread_cond_timedwait_relative_np, ru_maxrss */
#endif

#include "common/base/portable.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#endif

#include "common/base/cgroup.h"
#include "common/base/fail.h"

#ifdef __APPLE__

void cond_init(pthread_cond_t *cond)
{
    pthread_cond_init(cond, NULL);
}

bool cond_wait_us(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t us)
{
    struct timespec wait = {.tv_sec = us / 1000000,
                            .tv_nsec = us % 1000000 * 1000};
    return pthread_cond_timedwait_relative_np(cond, mutex, &wait) == ETIMEDOUT;
}

#else

void cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &attributes);
    pthread_condattr_destroy(&attributes);
}

bool cond_wait_us(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t us)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + us % 1000000 * 1000;
    until.tv_sec += (time_t)(us / 1000000 + ns / 1000000000);
    until.tv_nsec = (long)(ns % 1000000000);
    return pthread_cond_timedwait(cond, mutex, &until) == ETIMEDOUT;
}

#endif

#ifdef __linux__

/* The processors that the affinity mask allows; false if it is not readable. */
static bool allowed(cpu_set_t *set)
{
    return sched_getaffinity(0, sizeof *set, set) == 0;
}

double processors(void)
{
    cpu_set_t set;
    double count =
        allowed(&set) ? CPU_COUNT(&set) : (double)sysconf(_SC_NPROCESSORS_ONLN);
    double quota = cgroup_read().quota;
    return quota < count ? quota : count;
}

/* How many of `set` are in a list as "0-1,4": a core's threads. */
static int threads_allowed(FILE *list, const cpu_set_t *set)
{
    int count = 0;
    size_t first, last;
    char after = ',';
    while (after == ',' && fscanf(list, "%zu", &first) == 1) {
        last = first;
        if (fscanf(list, "%c", &after) != 1)
            after = '\n';
        else if (after == '-' && fscanf(list, "%zu%c", &last, &after) != 2)
            after = '\n';
        for (size_t cpu = first; cpu <= last && cpu < CPU_SETSIZE; cpu++)
            count += CPU_ISSET(cpu, set) != 0;
    }
    return count;
}

bool processors_share_core(void)
{
    cpu_set_t set;
    if (!allowed(&set))
        return false;
    bool shared = false;
    for (size_t cpu = 0; cpu < CPU_SETSIZE && !shared; cpu++) {
        char path[96];
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%zu/topology/thread_siblings_list",
                 cpu);
        FILE *list = CPU_ISSET(cpu, &set) ? fopen(path, "r") : NULL;
        if (!list)
            continue;
        shared = threads_allowed(list, &set) > 1;
        fclose(list);
    }
    return shared;
}

int64_t run_delay_ns(void)
{
    FILE *file = fopen("/proc/thread-self/schedstat", "r");
    if (!file)
        return 0;
    intmax_t delay_ns;
    if (fscanf(file, "%*d %jd", &delay_ns) != 1)
        delay_ns = 0;
    fclose(file);
    return delay_ns;
}

/* The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq,
 * steal, in ticks. */
struct machine_times machine_times(void)
{
    struct machine_times times = {0};
    FILE *file = fopen("/proc/stat", "r");
    if (!file)
        return times;
    intmax_t ticks[8];
    if (fscanf(file, "cpu %jd %jd %jd %jd %jd %jd %jd %jd", &ticks[0],
               &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6],
               &ticks[7]) == 8) {
        int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
        times.busy_ns =
            tick_ns * (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]);
        times.stolen_ns = tick_ns * ticks[7];
    }
    fclose(file);
    times.throttled_ns = cgroup_read().throttled_ns;
    return times;
}

#else

double processors(void)
{
    return (double)sysconf(_SC_NPROCESSORS_ONLN);
}

bool processors_share_core(void)
{
    return false;
}

int64_t run_delay_ns(void)
{
    return 0;
}

struct machine_times machine_times(void)
{
    return (struct machine_times){0};
}

#endif

uint64_t peak_memory_bytes(void)
{
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}

void *shared_memory(size_t bytes)
{
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void allow_descriptors(uint64_t need, uint64_t many, const char *one,
                       const char *more)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
        fail("%" PRIu64 " %s %" PRIu64 " file descriptors, but the limit is "
             "%ju (ulimit -Hn)",
             many, many == 1 ? one : more, need, (uintmax_t)limit.rlim_max);
    limit.rlim_cur = (rlim_t)need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("cannot raise the limit on file descriptors to %" PRIu64 ": %s",
             need, strerror(errno));
}

void allow_all_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return;
    limit.rlim_cur = 10240; /* macOS's OPEN_MAX, whatever its hard limit says */
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* EAGAIN has several causes, and the system does not tell which it was. */
const char *why_no_process(int error)
{
    static char text[160];
    char user[24] = "unlimited";
    struct rlimit limit;
    if (error != EAGAIN || getrlimit(RLIMIT_NPROC, &limit) != 0)
        return strerror(error);
    if (limit.rlim_cur != RLIM_INFINITY)
        snprintf(user, sizeof user, "%ju", (uintmax_t)limit.rlim_cur);
    snprintf(text, sizeof text,
             "%s (processes and threads: ulimit -u is %s, a container may have "
             "a lower limit)",
             strerror(error), user);
    return text;
}

#ifdef __linux__

void continue_after_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGCONT);
}

#else

void continue_after_parent(void)
{
}

#endif

int terminal_columns(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}
