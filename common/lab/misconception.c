/* SPDX-License-Identifier: MIT */
#include "common/lab/misconception.h"

#include <stdbool.h>
#include <string.h>

#include "common/base/portable.h"

#define NEAR 1.25 /* two times with a ratio below this are the same */

/* How a lab's first run does its tasks. */
enum way {
    WAY_UNKNOWN,
    DOWNLOADS_SERIAL,
    DOWNLOADS_TOGETHER,
    DOWNLOADS_ON_A_LINK, /* which is as slow as one connection */
    DOWNLOADS_IN_A_LOOP,
    COUNTS_SERIAL,
    COUNTS_TOGETHER,
    COUNTS_LOCKED,
    NATIVE_LOCKED,
    PROCESSES,
};

static const struct {
    const char *lab;
    enum way way;
} ways[] = {
    {"01_io_serial", DOWNLOADS_SERIAL}, {"02_io_threads", DOWNLOADS_TOGETHER},
    {"03_cpu_serial", COUNTS_SERIAL},   {"04_cpu_threads", COUNTS_TOGETHER},
    {"05_gil_sim", COUNTS_LOCKED},      {"06_gil_release", NATIVE_LOCKED},
    {"10_processes", PROCESSES},        {"11_io_events", DOWNLOADS_IN_A_LOOP},
    {"12_gil_real", COUNTS_LOCKED},     {"13_gil_virtual", COUNTS_LOCKED},
};

/* A time, compared with that of one task alone. */
enum size {
    LESS_THAN_ONE,
    AS_ONE,
    AS_ALL, /* as all tasks, one after the other */
    MORE_THAN_ALL,
    BETWEEN,
};

static const struct misconception
    waiting_together = {"the downloads wait at the same time",
                        "That is true with one thread per download: lab 02."},
    waiting_in_line = {"one download waits for the other",
                       "That is true if they are started one by one: lab 01."},
    one_by_one = {"one thread waits for one download at a time",
                  "That is true if it joins each before the next: lab 01."},
    faster = {"two downloads take less time than one",
              "Each one is as fast as its connection: handout 02."},
    own_link = {"each download has a link of its own",
                "That is true without --link: handout 02."},
    started_together = {"the tasks run at the same time",
                        "That is true if all are started first: lab 04."},
    split = {"several threads share one task",
             "Each thread does a whole task: handout 03."},
    one_at_a_time = {"only one thread computes at a time",
                     "That is true under the lock: lab 05."},
    one_for_each = {"there is one processor for each thread",
                    "There are more threads than processors: handout 04."},
    no_lock = {"the threads compute at the same time",
               "That is true without the lock: lab 04."},
    free_lock = {"a lock costs no time",
                 "Each hand-off takes some time: handout 05."},
    double_work = {"the lock doubles the work",
                   "Each thread takes longer because it waits: handout 05."},
    native_is_free = {"native code needs no lock",
                      "That is true if it releases the lock: handout 06."},
    one_lock = {"all processes share one lock",
                "That is true for the threads of one process: lab 05."};

static const struct {
    enum way way;
    enum size guessed, measured;
    const struct misconception *is;
} known[] = {
    {DOWNLOADS_SERIAL, AS_ONE, AS_ALL, &waiting_together},
    {DOWNLOADS_TOGETHER, AS_ALL, AS_ONE, &waiting_in_line},
    {DOWNLOADS_TOGETHER, LESS_THAN_ONE, AS_ONE, &faster},
    {DOWNLOADS_ON_A_LINK, AS_ONE, AS_ALL, &own_link},
    {DOWNLOADS_IN_A_LOOP, AS_ALL, AS_ONE, &one_by_one},
    {DOWNLOADS_IN_A_LOOP, LESS_THAN_ONE, AS_ONE, &faster},
    {COUNTS_SERIAL, AS_ONE, AS_ALL, &started_together},
    {COUNTS_SERIAL, LESS_THAN_ONE, AS_ALL, &split},
    {COUNTS_TOGETHER, AS_ALL, AS_ONE, &one_at_a_time},
    {COUNTS_TOGETHER, LESS_THAN_ONE, AS_ONE, &split},
    {COUNTS_TOGETHER, AS_ONE, BETWEEN, &one_for_each},
    {COUNTS_TOGETHER, AS_ONE, AS_ALL, &one_for_each},
    {COUNTS_LOCKED, AS_ONE, AS_ALL, &no_lock},
    {COUNTS_LOCKED, AS_ONE, MORE_THAN_ALL, &no_lock},
    {COUNTS_LOCKED, LESS_THAN_ONE, AS_ALL, &split},
    {COUNTS_LOCKED, AS_ALL, MORE_THAN_ALL, &free_lock},
    {COUNTS_LOCKED, MORE_THAN_ALL, AS_ALL, &double_work},
    {NATIVE_LOCKED, AS_ONE, AS_ALL, &native_is_free},
    {NATIVE_LOCKED, LESS_THAN_ONE, AS_ALL, &split},
    {PROCESSES, AS_ALL, AS_ONE, &one_lock},
    {PROCESSES, AS_ONE, BETWEEN, &one_for_each},
    {PROCESSES, AS_ONE, AS_ALL, &one_for_each},
};

static bool same(double a, double b)
{
    return a < b * NEAR && b < a * NEAR;
}

static enum size size_of(double s, double task_s, double tasks)
{
    double all_s = task_s * tasks;
    if (same(s, task_s))
        return AS_ONE;
    if (same(s, all_s))
        return AS_ALL;
    if (s < task_s)
        return LESS_THAN_ONE;
    return s > all_s ? MORE_THAN_ALL : BETWEEN;
}

static bool excludes(const char *lock)
{
    for (size_t i = 0; gil_policies[i]; i++)
        if (strcmp(gil_policies[i]->name, lock) == 0)
            return gil_policies[i]->excludes;
    return true;
}

/* The lab's way, as the options have changed it. */
static enum way way_of(const char *lab, const struct run *run,
                       const struct options *options)
{
    enum way way = WAY_UNKNOWN;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        if (strcmp(ways[i].lab, lab) == 0)
            way = ways[i].way;
    if (way == DOWNLOADS_TOGETHER || way == DOWNLOADS_IN_A_LOOP)
        return !options->link_bytes_s ? way
               : options->link_bytes_s <= options->rate_bytes_s
                   ? DOWNLOADS_ON_A_LINK
                   : WAY_UNKNOWN;
    if ((way == COUNTS_LOCKED || way == NATIVE_LOCKED) && run->lock &&
        !excludes(run->lock))
        return COUNTS_TOGETHER;
    return way;
}

const struct misconception *misconception_of(const char *lab,
                                             const struct run *run,
                                             const struct options *options,
                                             double measured_s)
{
    double task_s = options->prediction.task_s;
    double tasks = (double)options->tasks;
    double guess_s = options->prediction.expected_s;
    if (task_s <= 0 || tasks < 2 || same(guess_s, measured_s))
        return NULL;
    enum way way = way_of(lab, run, options);
    enum size guessed = size_of(guess_s, task_s, tasks);
    enum size measured = size_of(measured_s, task_s, tasks);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].way == way && known[i].guessed == guessed &&
            known[i].measured == measured)
            return known[i].is == &one_for_each && tasks <= processors()
                       ? NULL
                       : known[i].is;
    return NULL;
}
