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

static double affinity(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return CPU_COUNT(&set);
    return (double)sysconf(_SC_NPROCESSORS_ONLN);
}

/* The quota in one cgroup folder's cpu.max, "quota period" in microseconds;
 * `none` where it says "max" or is not there. */
static double quota_in(const char *folder, double none)
{
    char path[4200];
    snprintf(path, sizeof path, "/sys/fs/cgroup%s/cpu.max", folder);
    FILE *file = fopen(path, "r");
    if (!file)
        return none;
    double quota = none;
    double us, period_us;
    if (fscanf(file, "%lf %lf", &us, &period_us) == 2 && period_us > 0)
        quota = us / period_us;
    fclose(file);
    return quota;
}

/* The tightest quota of this process's cgroup (version 2) and its parents. */
static double cgroup_quota(double none)
{
    FILE *file = fopen("/proc/self/cgroup", "r");
    if (!file)
        return none;
    char line[4100];
    double quota = none;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "0::/", 4) != 0)
            continue;
        char *folder = line + 3;
        folder[strcspn(folder, "\n")] = '\0';
        for (;;) {
            double here = quota_in(folder, none);
            if (here < quota)
                quota = here;
            char *slash = strrchr(folder, '/');
            if (!slash)
                break;
            *slash = '\0';
        }
    }
    fclose(file);
    return quota;
}

double processors(void)
{
    return cgroup_quota(affinity());
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
    return times;
}

#else

double processors(void)
{
    return (double)sysconf(_SC_NPROCESSORS_ONLN);
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

void allow_descriptors(uint64_t need, uint64_t many, const char *what)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
        fail("%" PRIu64 " %s need %" PRIu64 " file descriptors, but the limit "
             "is %ju (ulimit -Hn)",
             many, what, need, (uintmax_t)limit.rlim_max);
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
