/* SPDX-License-Identifier: MIT */
#include "common/run/wakeup.h"

#include <pthread.h>
#include <stdatomic.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/statistics.h"
#include "common/base/timing.h"

enum {
    TRIES = 11,
    TIME_LIMIT_US = 5000,
    BUSY_NS = 2000000 /* before a signal: the sleeper's processor is idle */
};

struct trial {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    bool waits;
    int64_t signalled_ns; /* 0: not yet */
    double signal_ns[TRIES];
    double late_ns[TRIES];
    atomic_bool ended;
};

static void *sleeper(void *with)
{
    struct trial *trial = with;
    pthread_mutex_lock(&trial->mutex);
    for (int i = 0; i < TRIES; i++) {
        int64_t until_ns = wall_ns() + TIME_LIMIT_US * INT64_C(1000);
        while (!cond_wait_us(&trial->cond, &trial->mutex, TIME_LIMIT_US))
            until_ns = wall_ns() + TIME_LIMIT_US * INT64_C(1000);
        trial->late_ns[i] = (double)(wall_ns() - until_ns);
        trial->signalled_ns = 0;
        trial->waits = true;
        while (!trial->signalled_ns)
            pthread_cond_wait(&trial->cond, &trial->mutex);
        trial->signal_ns[i] = (double)(wall_ns() - trial->signalled_ns);
    }
    pthread_mutex_unlock(&trial->mutex);
    trial->ended = true;
    return NULL;
}

/* Be busy all the time, and wake the sleeper whenever it waits for that. */
static void wake_again_and_again(struct trial *trial)
{
    while (!trial->ended) {
        int64_t until_ns = wall_ns() + BUSY_NS;
        while (wall_ns() < until_ns)
            ;
        pthread_mutex_lock(&trial->mutex);
        if (trial->waits) {
            trial->waits = false;
            trial->signalled_ns = wall_ns();
            pthread_cond_signal(&trial->cond);
        }
        pthread_mutex_unlock(&trial->mutex);
    }
}

struct wakeup wakeup_measure(void)
{
    struct trial trial = {.waits = false};
    pthread_t thread;
    pthread_mutex_init(&trial.mutex, NULL);
    cond_init(&trial.cond);
    int error = pthread_create(&thread, NULL, sleeper, &trial);
    if (error)
        fail("cannot start a thread: %s", why_no_process(error));
    wake_again_and_again(&trial);
    pthread_join(thread, NULL);
    pthread_cond_destroy(&trial.cond);
    pthread_mutex_destroy(&trial.mutex);
    return (struct wakeup){(int64_t)median(trial.signal_ns, TRIES),
                           (int64_t)median(trial.late_ns, TRIES)};
}
