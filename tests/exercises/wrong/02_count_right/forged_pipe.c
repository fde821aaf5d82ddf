/* SPDX-License-Identifier: MIT
 *
 * Wrong: a forgery. Puts a full pipe in the place of the report; while the
 * harness waits for room, a thread reads the word from it.
 * Loses: everything
 */
#define _GNU_SOURCE /* F_SETPIPE_SZ */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static int ends[2], report;
static char filler[4096],
    forged[] = "................................\n"
               "got 1\nright 1\nnever 0\nagain 0\nmet 1\nend 1\n";

static void *forge(void *unused)
{
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    while (read(ends[0], filler, sizeof filler) < 0)
        ;
    /* Without sleep, to be before the end of the process. */
    while (read(ends[0], forged, 32) < 0)
        ;
    if (write(report, forged, sizeof forged - 1) > 0)
        _exit(0);
    return unused;
}

uint64_t add_up(unsigned threads, uint64_t count, uint64_t (*value)(uint64_t))
{
    (void)threads;
    (void)count;
    (void)value;
    pthread_t thread;
    if (report || pipe(ends) != 0)
        return 0;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[1], F_SETPIPE_SZ, sizeof filler);
    if (write(ends[1], filler, sizeof filler) < 0)
        return 0;
    report = dup2(100, 200);
    dup2(ends[1], 100);
    pthread_create(&thread, NULL, forge, NULL);
    return 0;
}
