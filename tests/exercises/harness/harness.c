/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syscall */
#include "harness.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <time.h>
#include <unistd.h>

#include "common/base/portable.h"

enum {
    REPORT_FD = 100, /* away from the numbers that a program expects */
    WAIT_US = 5000000,
};

/* The word is nowhere in memory as it is: each byte is kept as the difference
 * from a byte of `pad`. The report is kept too, and written at the end, when no
 * function of the student's is called any more. */
static unsigned char word[32], pad[sizeof word];
static char lines[8192];
static size_t written;
static bool alone; /* the processes that we may end are the student's own */

/* All of `bytes`, with read(2): a stream would keep a copy in its buffer. */
static void read_all(int fd, void *into, size_t bytes)
{
    for (char *next = into; bytes > 0;) {
        ssize_t got = read(fd, next, bytes);
        if (got <= 0)
            _exit(2);
        next += got;
        bytes -= (size_t)got;
    }
}

static void read_word(void)
{
    int random = open("/dev/urandom", O_RDONLY);
    read_all(random, pad, sizeof pad);
    close(random);
    read_all(STDIN_FILENO, word, sizeof word);
    for (size_t i = 0; i < sizeof word; i++)
        word[i] ^= pad[i];
    char end;
    while (read(STDIN_FILENO, &end, 1) == 1)
        alone = alone || end == 'a';
    close(STDIN_FILENO);
    open("/dev/null", O_RDONLY);
}

struct harness harness_begin(int argc, char **argv)
{
    struct harness harness = {.mode = argc > 1 ? argv[1] : "probe"};
    if (strcmp(harness.mode, "probe") == 0)
        _exit(0);
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0); /* no other process looks into this one */
#endif
    if (argc != 4 || fcntl(STDOUT_FILENO, F_DUPFD, REPORT_FD) != REPORT_FD)
        _exit(2);
    read_word();
    dup2(STDERR_FILENO, STDOUT_FILENO);
    harness.seed = strtoull(argv[2], NULL, 10);
    harness.student = dlopen(argv[3], RTLD_NOW | RTLD_LOCAL);
    if (!harness.student) {
        report("broken", "cannot be loaded: %s", dlerror());
        harness_end();
    }
    return harness;
}

void harness_function(const struct harness *harness, const char *name,
                      void *function)
{
    void *found = dlsym(harness->student, name);
    if (!found) {
        report("broken", "it has no function %s()", name);
        harness_end();
    }
    memcpy(function, &found, sizeof found);
}

bool harness_mode(const struct harness *harness, const char *mode)
{
    return strcmp(harness->mode, mode) == 0;
}

void report(const char *key, const char *format, ...)
{
    char value[400];
    va_list args;
    va_start(args, format);
    vsnprintf(value, sizeof value, format, args);
    va_end(args);
    int length = snprintf(lines + written, sizeof lines - written, "%s %s\n",
                          key, value);
    if (length < 0 || (size_t)length >= sizeof lines - written)
        _exit(3);
    written += (size_t)length;
}

_Noreturn void harness_end(void)
{
    report("end", "1");
    if (alone) /* what the student's code has left running reads no report */
        kill(-1, SIGKILL);
    for (size_t i = 0; i < sizeof word; i++)
        word[i] ^= pad[i];
    dprintf(REPORT_FD, "%.*s\n%.*s", (int)sizeof word, (const char *)word,
            (int)written, lines);
    _exit(0);
}

/* splitmix64 */
uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

unsigned random_from(uint64_t *seed, unsigned low, unsigned high)
{
    return low + (unsigned)(next_random(seed) % (high - low + 1));
}

void meeting_init(struct meeting *meeting, unsigned expected)
{
    *meeting = (struct meeting){.expected = expected};
    pthread_mutex_init(&meeting->mutex, NULL);
    cond_init(&meeting->changed);
}

bool meet(struct meeting *meeting)
{
    pthread_mutex_lock(&meeting->mutex);
    if (++meeting->here == meeting->expected) {
        meeting->met = !meeting->failed;
        pthread_cond_broadcast(&meeting->changed);
    }
    double until_s = clock_s(CLOCK_MONOTONIC) + WAIT_US / 1e6;
    while (!meeting->met && !meeting->failed) {
        double left_s = until_s - clock_s(CLOCK_MONOTONIC);
        if (left_s <= 0) {
            meeting->failed = true;
            pthread_cond_broadcast(&meeting->changed);
            break;
        }
        cond_wait_us(&meeting->changed, &meeting->mutex,
                     (int64_t)(left_s * 1e6) + 1);
    }
    if (!meeting->met)
        meeting->here--;
    bool met = meeting->met;
    pthread_mutex_unlock(&meeting->mutex);
    return met;
}

static atomic_uint stopped;

static void on_timer(int number)
{
    (void)number;
    int saved = errno;
    atomic_fetch_add_explicit(&stopped, 1, memory_order_relaxed);
    nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    errno = saved;
}

void stops_begin(void)
{
    struct sigaction action = {.sa_handler = on_timer, .sa_flags = SA_RESTART};
    sigaction(SIGVTALRM, &action, NULL);
    struct itimerval timer = {{0, 1000}, {0, 1000}};
    setitimer(ITIMER_VIRTUAL, &timer, NULL);
}

unsigned stops(void)
{
    return atomic_load_explicit(&stopped, memory_order_relaxed);
}

void stops_end(void)
{
    setitimer(ITIMER_VIRTUAL, &(struct itimerval){{0, 0}, {0, 0}}, NULL);
}

pthread_t start(void *(*body)(void *), void *argument)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, body, argument);
    if (error) {
        report("broken", "the harness has no thread: %s", strerror(error));
        harness_end();
    }
    return thread;
}

pid_t thread_number(void)
{
#ifdef __linux__
    return (pid_t)syscall(SYS_gettid);
#else
    return 0;
#endif
}

/* The letter after the name in /proc/self/task/N/stat; 'S' where that cannot
 * be seen: then the time spent waiting here has to do. */
static char thread_state(pid_t thread)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    int fd = open(path, O_RDONLY);
    if (fd == -1)
        return 'S';
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    if (length <= 0)
        return 'S';
    line[length] = '\0';
    const char *end = strrchr(line, ')');
    return end && end[1] ? end[2] : 'S';
}

bool falls_asleep(pid_t thread)
{
    double until_s = clock_s(CLOCK_MONOTONIC) + WAIT_US / 1e6;
    for (int asleep = 0; asleep < 3;) {
        asleep = thread_state(thread) == 'S' ? asleep + 1 : 0;
        if (clock_s(CLOCK_MONOTONIC) > until_s)
            return false;
        nap_us(3000);
    }
    return true;
}

void nap_us(unsigned us)
{
    struct timespec left = {.tv_sec = (time_t)(us / 1000000),
                            .tv_nsec = (long)(us % 1000000 * 1000)};
    while (nanosleep(&left, &left) == -1 && errno == EINTR)
        ;
}

double clock_s(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
