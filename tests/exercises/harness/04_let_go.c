/* SPDX-License-Identifier: MIT
 *
 * An interpreter whose every function looks who calls it, holding the lock or
 * not. Requests fail, and texts differ, by the seed.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "harness.h"

enum {
    MOST = 200
};

struct python {
    void (*take)(void);
    void (*drop)(void);
    bool (*next)(unsigned *request);
    bool (*receive)(unsigned request, char text[64]);
    void (*progress)(unsigned request);
    uint64_t (*digest)(const char text[64]);
    void (*store)(unsigned request, uint64_t digest);
    void (*failed)(unsigned request);
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool holds;
static atomic_uint outside, unbalanced; /* calls that were not allowed */
static const char *_Atomic outside_first, *_Atomic unbalanced_first;

/* The interpreter's state. In the race modes the student's use of the lock is
 * all that guards it; otherwise it has a mutex of its own as well. */
static pthread_mutex_t state = PTHREAD_MUTEX_INITIALIZER;
static bool bare;
static unsigned requests, next_request, progressed;
static unsigned touched; /* in the race modes: all state functions meet here */
static unsigned stored[MOST], wrong[MOST], reported[MOST];
static uint64_t salt;

static atomic_uint held_receiving, held_digesting; /* calls with the lock */
static struct meeting receiving, digesting;
static struct gathering racing_receiving, racing_digesting;
static _Thread_local bool received, digested;

/* Relaxed: it must not put an order between threads that have none. */
static void count_one(atomic_uint *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

static void not_allowed(atomic_uint *counter, const char *_Atomic *first,
                        const char *what)
{
    const char *nobody = NULL;
    count_one(counter);
    atomic_compare_exchange_strong_explicit(
        first, &nobody, what, memory_order_relaxed, memory_order_relaxed);
}

static void not_balanced(const char *what)
{
    not_allowed(&unbalanced, &unbalanced_first, what);
}

static void take(void)
{
    if (holds) {
        not_balanced("take() by a thread that holds the lock");
        return;
    }
    pthread_mutex_lock(&lock);
    holds = true;
}

static void drop(void)
{
    if (!holds) {
        not_balanced("drop() by a thread that does not hold the lock");
        return;
    }
    holds = false;
    pthread_mutex_unlock(&lock);
}

static void enter_state(const char *function)
{
    if (!holds)
        not_allowed(&outside, &outside_first, function);
    if (bare)
        touched++;
    else
        pthread_mutex_lock(&state);
}

static void leave_state(void)
{
    if (!bare)
        pthread_mutex_unlock(&state);
}

/* The first does: while it is received, all other threads ask for one, too. */
static bool fails(unsigned request)
{
    uint64_t seed = salt + request;
    return request == 0 || (request != 1 && next_random(&seed) % 5 == 0);
}

/* Also a number like others: 0. */
static uint64_t right_digest(unsigned request)
{
    uint64_t seed = salt ^ request;
    return request == 1 ? 0 : next_random(&seed);
}

static bool next(unsigned *request)
{
    enter_state("next()");
    *request = next_request;
    bool more = next_request < requests;
    next_request += more;
    leave_state();
    return more;
}

/* Where each thread has its text while it is in receive() or digest(): no two
 * threads may have it in the same place. */
enum {
    THREADS = 5
};
static const char *_Atomic text_of[THREADS];
static atomic_uint same_text;
static _Thread_local unsigned number;

static void has_text(const char *text)
{
    atomic_store(&text_of[number], text);
    for (unsigned i = 0; i < THREADS; i++)
        if (text && i != number && atomic_load(&text_of[i]) == text)
            count_one(&same_text);
}

static void come_together(struct meeting *meeting, struct gathering *gathering)
{
    if (bare)
        gather(gathering);
    else
        meet(meeting);
}

static bool receive(unsigned request, char text[64])
{
    if (holds)
        count_one(&held_receiving);
    if (!bare)
        has_text(text);
    if (!received) {
        received = true;
        come_together(&receiving, &racing_receiving);
    }
    snprintf(text, 64, "%" PRIu64, right_digest(request));
    if (!bare)
        has_text(NULL);
    return !fails(request);
}

static void progress(unsigned request)
{
    enter_state("progress()");
    progressed += request < requests;
    leave_state();
}

static uint64_t digest(const char text[64])
{
    uint64_t result = 0;
    if (holds)
        count_one(&held_digesting);
    if (!bare)
        has_text(text);
    if (!digested) {
        digested = true;
        come_together(&digesting, &racing_digesting);
    }
    sscanf(text, "%" SCNu64, &result);
    if (!bare)
        has_text(NULL);
    return result;
}

static void store(unsigned request, uint64_t result)
{
    enter_state("store()");
    if (request < requests) {
        stored[request]++;
        wrong[request] += result != right_digest(request);
    }
    leave_state();
}

static void failed(unsigned request)
{
    enter_state("failed()");
    if (request < requests)
        reported[request]++;
    leave_state();
}

static void (*serve)(const struct python *);

static void *body(void *argument)
{
    static const struct python python = {take,     drop,   next,  receive,
                                         progress, digest, store, failed};
    number = *(unsigned *)argument;
    take();
    serve(&python);
    if (!holds)
        not_balanced("return from serve() without the lock");
    else
        drop();
    return NULL;
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    harness_function(&harness, "serve", &serve);
    salt = next_random(&harness.seed);
    unsigned threads = random_from(&harness.seed, 3, 5);
    requests = random_from(&harness.seed, 100, MOST);
    bare = harness_mode(&harness, "race");
    meeting_init(&receiving, threads);
    meeting_init(&digesting, threads);
    racing_receiving.expected = racing_digesting.expected = threads;

    pthread_t thread[THREADS];
    unsigned numbers[THREADS];
    for (unsigned i = 0; i < threads; i++) {
        numbers[i] = i;
        thread[i] = start(body, &numbers[i]);
    }
    for (unsigned i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);

    unsigned right = 0, to_fail = 0, told = 0;
    for (unsigned i = 0; i < requests; i++) {
        right += !fails(i) && stored[i] == 1 && wrong[i] == 0;
        to_fail += fails(i);
        told += fails(i) && reported[i] == 1 && stored[i] == 0;
    }
    report("threads", "%u", threads);
    report("left", "%u", requests - next_request);
    report("right", "%u", right);
    report("progressed", "%u", progressed);
    report("to_store", "%u", requests - to_fail);
    report("to_fail", "%u", to_fail);
    report("told", "%u", told);
    report("outside", "%u", atomic_load(&outside));
    if (atomic_load(&outside_first))
        report("outside_first", "%s", atomic_load(&outside_first));
    report("unbalanced", "%u", atomic_load(&unbalanced));
    if (atomic_load(&unbalanced_first))
        report("unbalanced_first", "%s", atomic_load(&unbalanced_first));
    report("same_text", "%u", atomic_load(&same_text));
    report("receiving", "%d", receiving.met);
    report("digesting", "%d", digesting.met);
    report("held_receiving", "%u", atomic_load(&held_receiving));
    report("held_digesting", "%u", atomic_load(&held_digesting));
    harness_end();
}
