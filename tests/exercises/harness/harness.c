/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syscall, unshare */
#include "harness.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <time.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"

enum {
    REPORT_FD = 100, /* away from the numbers that a program expects */
    WAIT_US = 5000000,
    STUCK_US = 6000000, /* longer than anything here waits */
    TAKE_TURNS = 3,     /* threads in in_turn() */
    TURNS = 30,         /* of all of them together */
};

/* The word is nowhere in memory as it is: each byte is kept as the difference
 * from a byte of `pad`. The report is kept too, and written at the end, when no
 * function of the student's is called any more. */
static unsigned char word[32], pad[sizeof word];
static char lines[1 << 20];
static size_t written;
static struct stat report_file;
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

static void *watch(void *);

struct harness harness_load(int argc, char **argv)
{
#ifdef __linux__
    prctl(PR_SET_DUMPABLE, 0); /* no other process looks into this one */
#endif
    if (argc != 4 || fcntl(STDOUT_FILENO, F_DUPFD, REPORT_FD) != REPORT_FD ||
        fstat(REPORT_FD, &report_file) != 0)
        _exit(2);
    read_word();
    dup2(STDERR_FILENO, STDOUT_FILENO);
    struct harness harness = {
        .mode = argv[1],
        .seed = strtoull(argv[2], NULL, 10),
        .student = dlopen(argv[3], RTLD_NOW | RTLD_LOCAL),
    };
    if (!harness.student) {
        report("broken", "cannot be loaded: %s", dlerror());
        harness_end();
    }
    return harness;
}

struct harness harness_for_people(const char *student)
{
    struct harness harness = {.student = dlopen(student, RTLD_NOW)};
    if (!harness.student)
        fail("%s cannot be loaded: %s", student, dlerror());
    return harness;
}

struct harness harness_begin(int argc, char **argv)
{
    struct harness harness = harness_load(argc, argv);
    pthread_detach(start(watch, NULL));
    return harness;
}

void harness_function(const struct harness *harness, const char *name,
                      void *function)
{
    void *found = dlsym(harness->student, name);
    if (!found && !harness->mode)
        fail("there is no function %s()", name);
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
    /* A name of the student's may have an end of a line in it. */
    for (char *c = value; (c = strchr(c, '\n'));)
        *c = '?';
    int length = snprintf(lines + written, sizeof lines - written, "%s %s\n",
                          key, value);
    if (length < 0 || (size_t)length >= sizeof lines - written)
        _exit(3);
    written += (size_t)length;
}

/* The descriptor is still that of the report, and no other thread can put a
 * pipe in its place now, from which it would read the word. */
static bool report_is_ours(void)
{
    struct stat now;
#ifdef __linux__
    if (unshare(CLONE_FILES) != 0)
        return false;
#endif
    return fstat(REPORT_FD, &now) == 0 && now.st_dev == report_file.st_dev &&
           now.st_ino == report_file.st_ino;
}

_Noreturn void harness_end(void)
{
    report("end", "1");
    if (alone) /* what the student's code has left running reads no report */
        kill(-1, SIGKILL);
    if (!report_is_ours())
        _exit(4);
    for (size_t i = 0; i < sizeof word; i++)
        word[i] ^= pad[i];
    struct iovec parts[] = {{word, sizeof word}, {"\n", 1}, {lines, written}};
    ssize_t whole = (ssize_t)(sizeof word + 1 + written);
    _exit(writev(REPORT_FD, parts, 3) == whole ? 0 : 3);
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
    *meeting = (struct meeting){.expected = expected, .wait_us = WAIT_US};
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
    double until_s = clock_s(CLOCK_MONOTONIC) + meeting->wait_us / 1e6;
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

void gather(struct gathering *gathering)
{
    double until_s = clock_s(CLOCK_MONOTONIC) + WAIT_US / 1e6;
    atomic_fetch_add_explicit(&gathering->here, 1, memory_order_relaxed);
    while (atomic_load_explicit(&gathering->here, memory_order_relaxed) <
               gathering->expected &&
           !atomic_load_explicit(&gathering->failed, memory_order_relaxed)) {
        if (clock_s(CLOCK_MONOTONIC) > until_s)
            atomic_store_explicit(&gathering->failed, true,
                                  memory_order_relaxed);
        nap_us(200);
    }
}

struct in_turn {
    unsigned number;
    void (*turn)(void);
};

static void *take_turns(void *argument)
{
    static atomic_uint turns;
    const struct in_turn *me = argument;
    for (unsigned mine = me->number; mine < TURNS; mine += TAKE_TURNS) {
        while (atomic_load_explicit(&turns, memory_order_relaxed) != mine)
            nap_us(50);
        me->turn();
        atomic_fetch_add_explicit(&turns, 1, memory_order_relaxed);
    }
    return NULL;
}

void in_turn(void (*turn)(void))
{
    pthread_t thread[TAKE_TURNS];
    struct in_turn each[TAKE_TURNS];
    for (unsigned i = 0; i < TAKE_TURNS; i++) {
        each[i] = (struct in_turn){.number = i, .turn = turn};
        thread[i] = start(take_turns, &each[i]);
    }
    for (unsigned i = 0; i < TAKE_TURNS; i++)
        pthread_join(thread[i], NULL);
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

#ifdef __linux__

/* A file of /proc, as text; "" where there is none. */
static void read_text(const char *path, char *text, size_t bytes)
{
    int fd = open(path, O_RDONLY);
    ssize_t length = fd == -1 ? -1 : read(fd, text, bytes - 1);
    text[length > 0 ? length : 0] = '\0';
    if (fd != -1)
        close(fd);
}

/* The letter after the name in a thread's stat; 'S' for one that has ended. */
static char thread_state(pid_t thread)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", (int)thread);
    read_text(path, text, sizeof text);
    const char *end = strrchr(text, ')');
    return end && end[1] ? end[2] : 'S';
}

unsigned long sleeps_of(pid_t thread)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/self/task/%d/status", (int)thread);
    read_text(path, text, sizeof text);
    const char *found = strstr(text, "\nvoluntary_ctxt_switches:");
    return found ? strtoul(strchr(found, ':') + 1, NULL, 10) : 0;
}

/* All sleep but the watcher: how often they fell asleep, and who they are, in
 * one number. 0: one of them runs. */
static unsigned long all_asleep(pid_t watcher)
{
    unsigned long sum = 1;
    DIR *folder = opendir("/proc/self/task");
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        pid_t thread = (pid_t)strtol(entry->d_name, NULL, 10);
        if (thread <= 0 || thread == watcher)
            continue;
        if (thread_state(thread) != 'S')
            sum = 0;
        if (sum)
            sum += (unsigned long)thread * 1000003 + sleeps_of(thread);
    }
    if (folder)
        closedir(folder);
    return sum;
}

/* Ends the run when nobody has moved for too long: whoever could wake the
 * others sleeps as well. */
static void *watch(void *unused)
{
    enum {
        STEP_US = 200000
    };
    unsigned long before = 0;
    for (int still = 0; still < STUCK_US / STEP_US;) {
        nap_us(STEP_US);
        unsigned long now = all_asleep(thread_number());
        still = now && now == before ? still + 1 : 0;
        before = now;
    }
    report("stuck", "1");
    harness_end();
    return unused;
}

#else

static char thread_state(pid_t thread)
{
    (void)thread;
    return 'S'; /* the time spent waiting here has to do */
}

unsigned long sleeps_of(pid_t thread)
{
    (void)thread;
    return 0;
}

static void *watch(void *unused)
{
    return unused;
}

#endif

bool falls_asleep(pid_t thread)
{
    double until_s = clock_s(CLOCK_MONOTONIC) + WAIT_US / 1e6;
    unsigned long before = 0;
    for (int asleep = 0; asleep < 3;) {
        unsigned long sleeps = sleeps_of(thread);
        bool still = thread_state(thread) == 'S' && sleeps == before;
        asleep = still ? asleep + 1 : 0;
        before = sleeps;
        if (clock_s(CLOCK_MONOTONIC) > until_s)
            return false;
        nap_us(1000);
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
