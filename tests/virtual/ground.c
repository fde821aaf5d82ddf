/* SPDX-License-Identifier: MIT
 *
 * The ground that virtual/ stands on, with the simplest scheduler: a thread
 * goes on until it has to wait, the next one by number follows, and when all
 * wait, the clock jumps to the first time limit.
 *
 *     ground LOCK [TASKS]    counting threads under gil.c and that policy
 *     ground calls           each call that names.h replaces
 *     ground memory          the accesses to memory that become points
 *     ground limit           a thread that adds for ever, up to 1 virtual ms
 */
#include "common/virtual/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/gil/gil.h"
#include "common/virtual/machine.h"
#include "common/virtual/threads.h"

struct simple {
    struct scheduler scheduler;
    int64_t ns;
    bool prints;
};

/* The waiter with the earliest time limit. */
static struct thread *earliest(const struct threads *threads)
{
    struct thread *first = NULL;
    for (size_t i = 0; i < threads->count; i++) {
        struct thread *thread = threads->thread[i];
        if (!thread->ended && thread->point.ready &&
            thread->point.until_ns != VIRTUAL_NEVER &&
            (!first || thread->point.until_ns < first->point.until_ns))
            first = thread;
    }
    return first;
}

static struct thread *next(struct scheduler *self, struct threads *threads,
                           struct thread *me)
{
    struct simple *simple = (struct simple *)self;
    struct thread *late = earliest(threads);
    if (late && late->point.until_ns <= simple->ns && !late->woken)
        late->woken = WOKEN_BY_TIME;
    if (me && me->point.kind != POINT_YIELD && virtual_can_go(me))
        return me;
    for (size_t i = 0; i < threads->count; i++) {
        size_t after = (me ? me->number : 0) + i;
        struct thread *thread = threads->thread[after % threads->count];
        if (virtual_can_go(thread))
            return thread;
    }
    if (late) {
        simple->ns = late->point.until_ns;
        late->woken = WOKEN_BY_TIME;
    }
    return late;
}

static void done(struct scheduler *self, struct thread *me)
{
    char text[200];
    if (((struct simple *)self)->prints)
        printf("%u: %d, %zu bytes, order %d, %s\n", me->number,
               (int)me->point.kind, me->point.bytes, me->point.order,
               place_text(me->point.place, text, sizeof text));
}

static int64_t now_ns(struct scheduler *self, struct thread *me,
                      clockid_t clock)
{
    (void)me;
    (void)clock;
    return ((struct simple *)self)->ns;
}

static void wrong(struct scheduler *self, struct thread *me, const char *what,
                  struct virtual_place here)
{
    char text[200];
    printf("%u %s, %s\n", me->number, what,
           place_text(here, text, sizeof text));
    (void)self;
}

static struct simple simple = {
    .scheduler = {
        .next = next, .done = done, .now_ns = now_ns, .wrong = wrong}};

/* 200 turns of 0.1 ms each, in between others may run. */
static void *count(void *with)
{
    struct gil_thread *me = with;
    gil_take(me);
    for (int i = 0; i < 200; i++) {
        simple.ns += 100000;
        sched_yield();
        uint64_t before = me->gil->handoffs;
        gil_checkpoint(me);
        if (me->gil->handoffs != before)
            printf("%2" PRId64 ".%" PRId64 " ms: %u again\n",
                   simple.ns / 1000000, simple.ns / 100000 % 10,
                   virtual_me->number);
    }
    gil_drop(me);
    return NULL;
}

static void under(const struct gil_policy *policy, size_t tasks)
{
    struct gil gil;
    struct lane lane = {0};
    struct gil_thread task[16] = {{0}};
    gil_init(&gil, &(struct gil_config){policy, GIL_INTERVAL_US, 50});
    struct threads *threads = virtual_threads_new(&simple.scheduler);
    for (size_t i = 0; i < tasks; i++) {
        task[i].gil = &gil;
        task[i].lane = &lane;
        virtual_threads_add(threads, count, &task[i]);
    }
    bool all_ended = virtual_threads_run(threads);
    printf("%s, %" PRIu64 " hand-offs, at most %u at once\n",
           all_ended ? "all ended" : "stuck", gil.handoffs,
           at_once_most(&gil.holders));
    virtual_threads_free(threads);
    gil_destroy(&gil);
}

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            fail("line %d: not so: %s", __LINE__, #condition);                 \
    } while (0)

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t semaphore;
static int flag, initialised;

static void initialise(void)
{
    sched_yield();
    initialised++;
}

static void *other(void *with)
{
    pthread_once(&once, initialise);
    CHECK(initialised == 1);
    CHECK(pthread_rwlock_trywrlock(&rwlock) == EBUSY);
    CHECK(pthread_rwlock_tryrdlock(&rwlock) == 0);
    pthread_rwlock_unlock(&rwlock);
    CHECK(pthread_mutex_trylock(&mutex) == 0);
    CHECK(pthread_mutex_trylock(&mutex) == EBUSY);
    flag = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    sem_wait(&semaphore);
    pthread_rwlock_wrlock(&rwlock);
    pthread_rwlock_unlock(&rwlock);
    pthread_exit(with);
}

static int c11(void *with)
{
    mtx_t *once_more = with;
    CHECK(mtx_lock(once_more) == thrd_success);
    CHECK(mtx_lock(once_more) == thrd_success);
    CHECK(mtx_unlock(once_more) == thrd_success);
    CHECK(mtx_unlock(once_more) == thrd_success);
    return 7;
}

static void *calls(void *with)
{
    (void)with;
    struct timespec until = {.tv_sec = 2};
    pthread_t thread;
    void *result;
    int value;
    sem_init(&semaphore, 0, 0);
    pthread_mutex_lock(&mutex);
    pthread_rwlock_rdlock(&rwlock);
    CHECK(pthread_create(&thread, NULL, other, &flag) == 0);
    pthread_once(&once, initialise);
    while (!flag)
        pthread_cond_wait(&cond, &mutex);
    CHECK(pthread_cond_timedwait(&cond, &mutex, &until) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
    CHECK(wall_ns() == 2000000000);
    CHECK(sem_trywait(&semaphore) == -1 && errno == EAGAIN);
    CHECK(sem_post(&semaphore) == 0);
    sleep(1);
    pthread_rwlock_unlock(&rwlock);
    CHECK(pthread_join(thread, &result) == 0 && result == &flag);
    CHECK(sem_getvalue(&semaphore, &value) == 0 && value == 0);
    CHECK(wall_ns() == 3000000000);

    thrd_t c11_thread;
    mtx_t c11_mutex;
    CHECK(mtx_init(&c11_mutex, mtx_plain | mtx_recursive) == thrd_success);
    CHECK(thrd_create(&c11_thread, c11, &c11_mutex) == thrd_success);
    CHECK(thrd_join(c11_thread, &value) == thrd_success && value == 7);

    CHECK(pthread_mutex_unlock(&mutex) == EPERM);
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
    return NULL;
}

static void *add_for_ever(void *with)
{
    for (;;)
        machine_add(1000, with);
}

static void reach_limit(void)
{
    struct machine_config config = machine_usual;
    config.limit_ns = 1000000;
    machine_run(machine_new(&config), add_for_ever, NULL);
}

void *read_and_write(void *with); /* in memory_points.c */

int main(int argc, char **argv)
{
    const struct gil_policy *policy[] = {&gil_none, &gil_mutex, &gil_ticks,
                                         &gil_interval};
    const char *what = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < 4; i++)
        if (strcmp(what, policy[i]->name) == 0)
            under(policy[i], argc > 2 ? (size_t)atol(argv[2]) : 2);
    bool memory = strcmp(what, "memory") == 0;
    if (memory || strcmp(what, "calls") == 0) {
        simple.prints = simple.scheduler.sees_memory = memory;
        struct threads *threads = virtual_threads_new(&simple.scheduler);
        virtual_threads_add(threads, memory ? read_and_write : calls, NULL);
        puts(virtual_threads_run(threads) ? "all ended" : "stuck");
        CHECK(threads->points > 0); /* crashes.c compares it with the next's */
        virtual_threads_free(threads);
    }
    if (strcmp(what, "limit") == 0)
        reach_limit();
    return 0;
}
