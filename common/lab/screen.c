/* SPDX-License-Identifier: MIT */
#include "common/lab/screen.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/run/tasks.h"

#define ERASE_LINE "\r\033[K"

enum {
    REPAINT_US = 100000,
    MAX_COLUMNS = 200
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped;
static pthread_t painter;
static const struct run *painted; /* NULL: no painter */
static volatile sig_atomic_t drawn;
static bool quiet;
static int lost; /* errno of the first write that failed */

void screen_quiet(bool be_quiet)
{
    quiet = be_quiet;
}

static void erase(void)
{
    if (drawn)
        fputs(ERASE_LINE, stderr);
    drawn = 0;
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
    if (quiet)
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

/* How far one task is: percent, or megabytes where the end is not known; no
 * word of one that has neither. */
static int task_progress(const struct task *task, char *text, size_t size)
{
    uint64_t done = atomic_load_explicit(&task->done, memory_order_relaxed);
    uint64_t todo = atomic_load_explicit(&task->todo, memory_order_relaxed);
    if (todo)
        return snprintf(text, size, "  task %u %3.0f %%", task->number,
                        100.0 * (double)done / (double)todo);
    if (!done)
        return 0;
    return snprintf(text, size, "  task %u %.1f MB", task->number,
                    (double)done / 1e6);
}

/* All tasks in one line, or, where they do not fit, their sum. */
static void draw(const struct run *run)
{
    char line[MAX_COLUMNS] = "";
    int columns = terminal_columns(STDERR_FILENO);
    if (columns > MAX_COLUMNS)
        columns = MAX_COLUMNS;
    int used = 0;
    double done = 0;
    double todo = 0;
    for (size_t i = 0; i < run->tasks; i++) {
        const struct task *task = &run->task[i];
        done += (double)atomic_load_explicit(&task->done, memory_order_relaxed);
        todo += (double)atomic_load_explicit(&task->todo, memory_order_relaxed);
        if (used < columns)
            used +=
                task_progress(task, line + used, sizeof line - (size_t)used);
    }
    if (used >= columns && todo > 0)
        snprintf(line, (size_t)columns, "  %zu tasks %3.0f %%", run->tasks,
                 100.0 * done / todo);
    else if (used >= columns)
        snprintf(line, (size_t)columns, "  %zu tasks %.1f MB", run->tasks,
                 done / 1e6);
    fprintf(stderr, ERASE_LINE "%s", line);
    drawn = 1;
}

static void *paint(void *argument)
{
    (void)argument;
    pthread_mutex_lock(&mutex);
    while (painted) {
        cond_wait_us(&stopped, &mutex, REPAINT_US);
        if (painted)
            draw(painted);
    }
    erase();
    pthread_mutex_unlock(&mutex);
    return NULL;
}

/* Progress is a comfort: where its thread cannot be made there is none. */
void progress_start(const struct run *run)
{
    const char *terminal = getenv("TERM");
    if (!isatty(STDERR_FILENO) || !terminal || strcmp(terminal, "dumb") == 0)
        return;
    cond_init(&stopped);
    painted = run;
    if (pthread_create(&painter, NULL, paint, NULL) != 0)
        painted = NULL;
}

void progress_stop(void)
{
    pthread_mutex_lock(&mutex);
    bool painting = painted;
    painted = NULL;
    if (painting)
        pthread_cond_signal(&stopped);
    pthread_mutex_unlock(&mutex);
    if (!painting)
        return;
    pthread_join(painter, NULL);
    pthread_cond_destroy(&stopped);
}
