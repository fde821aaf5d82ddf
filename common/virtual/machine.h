/* SPDX-License-Identifier: MIT
 *
 * A machine whose clock the program turns. The threads of threads.h run on it,
 * and each step of theirs takes the time that the machine's description says.
 * No real clock is read, and all figures are whole numbers. So two runs with
 * the same description are the same to the nanosecond, on every computer.
 *
 * This is how two threads, A and B, run on it (machine.c: next()):
 *
 * 1. A comes to a point: it is about to unlock a mutex. The step before that,
 *    which A has just done, takes 50 ns. So A is *busy* for 50 ns from now.
 * 2. The machine looks for what happens next. Perhaps B waits with a time limit
 *    that ends in 3 us. A is no longer busy in 50 ns. The earliest is next: the
 *    machine sets its clock to 50 ns later.
 * 3. It lets that one thing happen. A is no longer busy, so A unlocks the
 *    mutex. That takes no time; its cost makes A busy afterwards. A runs to its
 *    next point, and the machine is at 1 again.
 *
 * If B's time limit is next, B wants a processor. It gets one that is free, or
 * waits for one (processors.h), and the machine looks again at 2.
 *
 * Nothing happens between two such moments. So a second of additions is one
 * event: a thread that adds is busy until the last addition, or until another
 * thread sets the flag that it looks at after each.
 *
 *     struct machine *machine = machine_new(&(struct machine_config){
 *         .processors = 2, .wake_ns = 50000, ...});
 *     machine_run(machine, body, with);    // body may create threads
 *     machine_free(machine);
 */
#ifndef VIRTUAL_MACHINE_H
#define VIRTUAL_MACHINE_H

#include <stdatomic.h>
#include <stdint.h>

#include "common/virtual/threads.h"

struct machine_config {
    unsigned processors;
    int64_t wake_ns; /* from a signal until a sleeper runs on an idle processor;
                      * a tenth of it more or less, by chance. Where no
                      * processor is idle, the sleeper is ready immediately. */
    int64_t late_ns; /* a time limit or a sleep ends so much later */
    int64_t slice_ns;  /* a thread that has run for so long gives its processor
                        * to one that wakes or is ready */
    int64_t signal_ns; /* processor time of a wake-up: that of the thread which
                        * signals, and as much of the sleeper's, in wake_ns */
    int64_t call_ns;   /* another system call: to fall asleep */
    int64_t lock_ns;   /* to lock or unlock a mutex without one */
    int64_t move_ns;   /* more if another thread had it last: its memory has to
                        * come from another processor */
    int64_t access_ns; /* of an atomic access; 0: memory is not seen, and a loop
                        * that waits by looking at it alone has no end */
    int64_t addition_ps; /* picoseconds */
    int64_t limit_ns;    /* more virtual time than this is an error */
    uint64_t seed; /* of chance; 0: no chance, each wake-up takes wake_ns */
};

/* What happens, for those who want to see it: machine_watch(). */
enum machine_event {
    MACHINE_BEGINS, /* the thread runs for the first time */
    MACHINE_WAITS,  /* it finds that it has to wait */
    MACHINE_WAKES,  /* it runs again, woken by another thread */
    MACHINE_TIMES_OUT,
    MACHINE_LOSES, /* its processor, to another thread */
    MACHINE_STEP,  /* it has done a step, and runs to its next point */
    MACHINE_ENDS,
};

/* A machine like many: two processors, 50 us for a wake-up, slices of 3 ms, 5
 * ns for an addition. Its limit is 100,000 s. */
extern const struct machine_config machine_usual;

struct machine;

struct machine *machine_new(const struct machine_config *config);
void machine_free(struct machine *machine);

/* Called with each event, in the order of time. `place` is where in the source
 * the thread is; its file is NULL before its first point. */
typedef void machine_watcher(void *with, enum machine_event event, int64_t ns,
                             const struct thread *thread,
                             struct virtual_place place);

void machine_watch(struct machine *machine, machine_watcher *watch, void *with);

/* Run body(with) in a first thread until it and all that were created have
 * ended. The clock begins at 0. Fails where every thread waits for another, or
 * the time exceeds the limit. */
void machine_run(struct machine *machine, void *(*body)(void *with),
                 void *with);

/* For a thread: be busy with `additions`, or with as many as end before `*stop`
 * is set and the one after it (NULL: with all). Returns how many. */
uint64_t machine_add(uint64_t additions, const atomic_bool *stop);

#endif
