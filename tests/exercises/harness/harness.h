/* SPDX-License-Identifier: MIT
 *
 * What the graders' harnesses share. A harness is a program of the grader's
 * own that loads the student's file as a shared object, calls its functions
 * with threads and data of the harness, and reports what it counted.
 *
 *     harness MODE SEED STUDENT.so
 *
 * Standard input holds a word of 32 bytes that nobody can know beforehand. It
 * is the first line of the report, on standard output. The report is written in
 * one piece when all is over: what the student's code prints meanwhile goes to
 * standard error, and is no evidence. A program that left early, in whatever
 * way, has given no report. After the word, "a" says that all processes that
 * this user may end are the student's own.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct harness {
    const char *mode;
    uint64_t seed; /* what varies from one grading to the next */
    void *student;
};

/* Read the arguments and the word, load the student's file. */
struct harness harness_load(int argc, char **argv);

/* For people, who see what is wrong, and get no report. */
struct harness harness_for_people(const char *student);

/* As harness_load(); and from here on a run in which all threads sleep, and
 * nobody is left to wake them, ends by itself: `stuck` is in the report then.
 */
struct harness harness_begin(int argc, char **argv);

/* Into `*function`: the student's function called `name`. Where there is none
 * the report says so and ends. */
void harness_function(const struct harness *harness, const char *name,
                      void *function);

bool harness_mode(const struct harness *harness, const char *mode);

/* One line of the report: a key and a value. Only the harness's own thread. */
__attribute__((format(printf, 2, 3))) void report(const char *key,
                                                  const char *format, ...);

/* The last line; leaves without running anything of the student's. */
_Noreturn void harness_end(void);

/* The next number of the seed's own sequence, and one from low to high. */
uint64_t next_random(uint64_t *seed);
unsigned random_from(uint64_t *seed, unsigned low, unsigned high);

/* A place where `expected` threads meet: each waits there until all have come.
 * True if they did within the time. Threads that work at the same time
 * meet on any machine, however busy; threads that take turns never do. Once it
 * has failed nobody waits any more. */
struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    unsigned expected;
    unsigned wait_us; /* five seconds if nobody says otherwise */
    unsigned here;
    bool met, failed;
};

void meeting_init(struct meeting *meeting, unsigned expected);
bool meet(struct meeting *meeting);

/* For runs with ThreadSanitizer: the same, but what a thread did before is not
 * in order with what the others do after. A meeting that has a mutex puts it in
 * order, and so hides a data race. All bytes zero but `expected` to begin with.
 */
struct gathering {
    unsigned expected;
    atomic_uint here;
    atomic_bool failed;
};

void gather(struct gathering *gathering);

/* For the same: some threads call `turn` one after the other, again and again.
 * What they do in it is in order only if `turn` sees to that. */
void in_turn(void (*turn)(void));

/* From here on a running thread is stopped wherever it is, for a moment in
 * which others run, at each few milliseconds of CPU time (not of wall time: a
 * busy machine must not stop it at every step). So what is not atomic is seen
 * not to be, on one processor too. stops() says how many times so far. */
void stops_begin(void);
unsigned stops(void);
void stops_end(void);

/* A thread of the harness; fails the grading where there is none. */
pthread_t start(void *(*body)(void *), void *argument);

/* The calling thread's number in the system, and whether a thread sleeps there
 * for good: seen asleep four times in a row, in one sleep, within five
 * seconds. */
pid_t thread_number(void);
bool falls_asleep(pid_t thread);

/* How often it went to sleep so far; 0 where the system does not tell. */
unsigned long sleeps_of(pid_t thread);

/* Sleep, at least; seconds on a clock. */
void nap_us(unsigned us);
double clock_s(clockid_t clock);

#endif
