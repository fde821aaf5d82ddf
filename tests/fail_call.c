/* SPDX-License-Identifier: MIT
 *
 * Preloaded (LD_PRELOAD) into one program, makes the Nth call of a function
 * fail as it would when the system has no more: FAIL_CALL=pthread_create:3.
 * Files in the folder FAKE_ROOT stand in for the machine's, and the clock of
 * the number STILL_CLOCK stands still. In the end the file LEFT_THREADS has the
 * number of threads that still run half a second later, and WRONG_JOINS the
 * number of calls of pthread_join() for what is no thread, or one that was
 * joined or detached before: such a call returns ESRCH.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int fails(const char *name)
{
    static atomic_int calls;
    const char *wanted = getenv("FAIL_CALL");
    size_t length = strlen(name);
    if (!wanted || strncmp(wanted, name, length) != 0 || wanted[length] != ':')
        return 0;
    return atomic_fetch_add(&calls, 1) + 1 ==
           (int)strtol(wanted + length + 1, NULL, 10);
}

struct start {
    void *(*body)(void *);
    void *argument;
};

static atomic_int running; /* threads that this has started */

static void ended(void *start)
{
    free(start);
    atomic_fetch_sub(&running, 1);
}

static void *run(void *argument)
{
    struct start *start = argument;
    void *result;
    pthread_cleanup_push(ended, start);
    result = start->body(start->argument);
    pthread_cleanup_pop(1);
    return result;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_t joinable[4096];
static size_t joinables;
static int wrong_joins;

/* True: it was joinable. Now it is not any more. */
static int take_out(pthread_t thread)
{
    pthread_mutex_lock(&mutex);
    size_t i = 0;
    while (i < joinables && !pthread_equal(joinable[i], thread))
        i++;
    int found = i < joinables;
    if (found)
        joinable[i] = joinable[--joinables];
    pthread_mutex_unlock(&mutex);
    return found;
}

int pthread_join(pthread_t thread, void **result)
{
    int (*real)(pthread_t, void **);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_join");
    if (take_out(thread) || !getenv("WRONG_JOINS"))
        return real(thread, result);
    pthread_mutex_lock(&mutex);
    wrong_joins++;
    pthread_mutex_unlock(&mutex);
    return ESRCH;
}

int pthread_detach(pthread_t thread)
{
    int (*real)(pthread_t);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_detach");
    take_out(thread);
    return real(thread);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*body)(void *), void *argument)
{
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    struct start *start = malloc(sizeof *start);
    if (!start || fails("pthread_create")) {
        free(start);
        return EAGAIN;
    }
    *start = (struct start){body, argument};
    atomic_fetch_add(&running, 1);
    int detached = PTHREAD_CREATE_JOINABLE;
    if (attributes)
        pthread_attr_getdetachstate(attributes, &detached);
    pthread_mutex_lock(&mutex); /* nobody joins it before it is in the list */
    int error = real(thread, attributes, run, start);
    if (!error && detached == PTHREAD_CREATE_JOINABLE &&
        joinables < sizeof joinable / sizeof *joinable)
        joinable[joinables++] = *thread;
    pthread_mutex_unlock(&mutex);
    if (error)
        ended(start);
    return error;
}

static void write_number(const char *variable, int number)
{
    const char *path = getenv(variable);
    FILE *file = path ? fopen(path, "w") : NULL;
    if (!file)
        return;
    fprintf(file, "%d\n", number);
    fclose(file);
}

__attribute__((destructor)) static void tell_threads(void)
{
    write_number("WRONG_JOINS", wrong_joins);
    if (!getenv("LEFT_THREADS"))
        return;
    for (int i = 0; i < 50 && atomic_load(&running) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    write_number("LEFT_THREADS", atomic_load(&running));
}

pid_t fork(void)
{
    pid_t (*real)(void);
    *(void **)&real = dlsym(RTLD_NEXT, "fork");
    if (!fails("fork"))
        return real();
    errno = EAGAIN;
    return -1;
}

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    *(void **)&real = dlsym(RTLD_NEXT, "bind");
    if (!fails("bind"))
        return real(fd, address, length);
    errno = EADDRNOTAVAIL;
    return -1;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    ssize_t (*real)(int, const void *, size_t, int);
    *(void **)&real = dlsym(RTLD_NEXT, "send");
    if (!fails("send"))
        return real(fd, data, size, flags);
    errno = ENOBUFS;
    return -1;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    const char *still = getenv("STILL_CLOCK");
    if (still && strtol(still, NULL, 10) == (long)clock) {
        *now = (struct timespec){0};
        return 0;
    }
    if (!fails("clock_gettime"))
        return real(clock, now);
    errno = EINVAL;
    return -1;
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "fopen");
    const char *root = getenv("FAKE_ROOT");
    char fake[4096];
    if (root && path[0] == '/' &&
        (size_t)snprintf(fake, sizeof fake, "%s%s", root, path) < sizeof fake &&
        access(fake, F_OK) == 0)
        path = fake;
    return real(path, mode);
}
