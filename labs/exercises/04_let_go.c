/* SPDX-License-Identifier: MIT
 *
 * Exercise 04: release the lock.
 *
 * serve() is a C function under Python. Its thread holds the interpreter lock
 * when serve() is called and when it returns. For each request serve() receives
 * a text (I/O), reports how far it is, computes a digest of the text (native
 * code) and stores the digest. Run it: four threads take as long as one,
 * because each holds the lock all the time.
 *
 * Your task, in serve(): release the lock where that is allowed.
 *   fast: the threads wait for I/O at the same time, and compute at the same
 *         time.
 *   safe: the functions marked "state" touch the interpreter's state. Only the
 *         thread that holds the lock may call them. Each request is stored, or,
 *         if receive() fails, reported by failed(). No thread drops the lock if
 *         it does not hold it. No thread takes it if it holds it already.
 *
 * Grade it: make grade EX=04_let_go (more hints: HINT=2, HINT=3)
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "common/base/fail.h"
#include "common/base/timing.h"

struct python {
    void (*take)(void); /* the lock */
    void (*drop)(void);
    bool (*next)(unsigned *request); /* state; false: no more */
    bool (*receive)(unsigned request, char text[64]); /* false: it failed */
    void (*progress)(unsigned request);               /* state */
    uint64_t (*digest)(const char text[64]);
    void (*store)(unsigned request, uint64_t digest); /* state */
    void (*failed)(unsigned request);                 /* state */
};

void serve(const struct python *python);

/* ---- yours: from here ---- */

void serve(const struct python *python)
{
    unsigned request;
    char text[64];
    while (python->next(&request)) {
        if (!python->receive(request, text)) {
            python->failed(request);
            continue;
        }
        python->progress(request);
        uint64_t digest = python->digest(text);
        python->store(request, digest);
    }
}

/* ---- to here ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned requests, progressed, failures;
static uint64_t sum;

static void take(void)
{
    pthread_mutex_lock(&lock);
}

static void drop(void)
{
    pthread_mutex_unlock(&lock);
}

static bool next(unsigned *request)
{
    *request = requests;
    return requests < 40 && ++requests;
}

static bool receive(unsigned request, char text[64])
{
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    snprintf(text, 64, "text %u", request);
    return request % 10 != 7;
}

static void progress(unsigned request)
{
    progressed += request < 40;
}

static uint64_t digest(const char text[64])
{
    uint64_t digest = 0;
    for (int turn = 0; turn < 4000000; turn++)
        digest = digest * 31 + (unsigned char)text[turn % 6];
    return digest;
}

static void store(unsigned request, uint64_t result)
{
    sum += result ^ request;
}

static void failed(unsigned request)
{
    failures += request < 40;
}

static void *body(void *python)
{
    take();
    serve(python);
    drop();
    return NULL;
}

int main(void)
{
    struct python python = {take,     drop,   next,  receive,
                            progress, digest, store, failed};
    pthread_t thread[4];
    struct stopwatch watch = stopwatch_start(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < 4; i++)
        if (pthread_create(&thread[i], NULL, body, &python) != 0)
            fail("cannot start thread %d", i + 1);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    struct elapsed time = stopwatch_read(&watch);
    printf("%u requests, %u failed, sum %" PRIu64 ", %.2f s, CPU/wall %.2f\n",
           requests, failures, sum, time.wall_s, time.cpu_s / time.wall_s);
    return 0;
}
