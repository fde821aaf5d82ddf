/* SPDX-License-Identifier: MIT */
#include "common/lab/screen.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"

#define ERASE_LINE "\r\033[K"

/* Guards what is written to the terminal, and all below but `drawn`, which a
 * signal handler reads. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool drawn;
static bool ended;
static bool quiet;
static bool muted;
static int lost; /* errno of the first write that failed */

void screen_quiet(bool be_quiet)
{
    quiet = be_quiet;
}

void screen_mute(bool mute)
{
    muted = mute;
}

static void erase(void)
{
    if (atomic_exchange(&drawn, false))
        fputs(ERASE_LINE, stderr);
}

/* Lines go out as they come, into a pipe too. */
static void flush(void)
{
    errno = 0;
    if ((fflush(stdout) != 0 || ferror(stdout)) && !lost)
        lost = errno ? errno : EIO;
}

void screen_line(const char *format, ...)
{
    if (quiet || muted)
        return;
    pthread_mutex_lock(&mutex);
    erase();
    va_list args;
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
    flush();
    pthread_mutex_unlock(&mutex);
}

void screen_progress(const char *text)
{
    pthread_mutex_lock(&mutex);
    if (!text[0]) {
        erase();
    } else if (!ended) {
        fprintf(stderr, ERASE_LINE "%s", text);
        drawn = true;
    }
    pthread_mutex_unlock(&mutex);
}

void screen_message(const char *line, bool last)
{
    pthread_mutex_lock(&mutex);
    erase();
    fputs(line, stderr);
    ended = last;
    pthread_mutex_unlock(&mutex);
}

void finish_output(void)
{
    flush();
    if (lost)
        fail("cannot write to standard output: %s", strerror(lost));
}

void screen_restore(void)
{
    if (drawn)
        (void)!write(STDERR_FILENO, ERASE_LINE, sizeof ERASE_LINE - 1);
}
