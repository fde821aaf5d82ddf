/* SPDX-License-Identifier: MIT */
#include "common/lab/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/portable.h"
#include "common/lab/screen.h"
#include "common/run/tasks.h"

enum {
    REPAINT_US = 100000,
    MAX_COLUMNS = 200,
    MANY_TASKS = 32 /* more do not get a line each */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped;
static pthread_t painter;
static const struct run *painted; /* NULL: there is no painter */

/* How far one task is: in percent, or in megabytes if the total is unknown;
 * nothing if the task has reported neither. */
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
    screen_progress(line);
}

/* Only the first of several rounds is told in lines. */
static void round_has_begun(uint64_t number, uint64_t rounds)
{
    if (number == 2)
        screen_line("\n%" PRIu64 " more round%s, alternating ...", rounds - 1,
                    rounds > 2 ? "s" : "");
    screen_mute(number > 1);
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
    pthread_mutex_unlock(&mutex);
    screen_progress("");
    return NULL;
}

/* Does the terminal have a line that can be painted again? */
static bool can_paint(void)
{
    const char *terminal = getenv("TERM");
    const char *plain = getenv("GIL_LABS_PLAIN");
    return isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0 &&
           (!plain || !plain[0]);
}

/* Progress is a comfort: if its thread cannot be made there is none. */
static void run_began(const struct run *run)
{
    if (!can_paint())
        return;
    cond_init(&stopped);
    painted = run;
    if (pthread_create(&painter, NULL, paint, NULL) == 0)
        return;
    painted = NULL;
    pthread_cond_destroy(&stopped);
}

static void stop_painting(void)
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

static void run_ended(const struct run *run)
{
    stop_painting();
    screen_line("all finished in %.3f seconds", run->time.wall_s);
}

static void task_has_ended(const struct task *task)
{
    if (task->error[0])
        screen_line("task %u failed after %.3f seconds: %s", task->number,
                    task->time.wall_s, task->error);
    else if (task->run->tasks <= MANY_TASKS)
        screen_line("task %u finished in %.3f seconds", task->number,
                    task->time.wall_s);
}

void progress_show(void)
{
    static const struct run_listener screen = {
        .run_began = run_began,
        .task_ended = task_has_ended,
        .run_ended = run_ended,
        .cut_short = screen_restore,
        .round_began = round_has_begun,
    };
    run_listen(&screen);
}
