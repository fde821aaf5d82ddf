/* SPDX-License-Identifier: MIT
 *
 * Walks the four functions: an owner makes an object, and others take and drop
 * references to it, while the owner lives and after it has ended.
 */
#include <string.h>

#include "common/virtual/sync.h"
#include "walked.h"

struct object;
static struct object *(*object_new)(void (*gone)(void *), void *argument);
static void (*object_take)(struct object *);
static void (*object_drop)(struct object *);
static void (*thread_ends)(void);

/* Most walks are about the first of them alone. */
enum {
    OBJECTS = 2
};
static struct object *object[OBJECTS];
static struct seen {
    int references; /* that the threads have */
    int gone;       /* how often it was */
} seen[OBJECTS];

static sem_t came[OBJECTS];

static void nothing(void)
{
}

static void begin(void *with)
{
    (void)with;
    memset(&seen, 0, sizeof seen);
    for (unsigned i = 0; i < OBJECTS; i++)
        virtual_sem_init(&came[i], 0);
    walked_begin(nothing);
}

static void gone(void *argument)
{
    struct seen *of = argument;
    if (of->references > 0)
        orders_fail("gone() is called, and %d reference%s left", of->references,
                    of->references == 1 ? " is" : "s are");
    if (++of->gone > 1)
        orders_fail("gone() is called a second time");
}

static void make(unsigned i)
{
    object[i] = object_new(gone, &seen[i]);
    seen[i].references = 1;
}

static void take(unsigned i)
{
    seen[i].references++;
    object_take(object[i]);
}

static void drop(unsigned i)
{
    seen[i].references--;
    object_drop(object[i]);
}

/* ---- the others ---- */

static void *take_and_drop(void *with)
{
    const struct walked_check *check = with;
    for (unsigned i = 0; i < check->rounds; i++) {
        take(0);
        drop(0);
    }
    thread_ends();
    return NULL;
}

static void *drop_one(void *unused)
{
    drop(0);
    thread_ends();
    return unused;
}

/* It was given one. */
static void *take_drop_and_drop(void *unused)
{
    take(0);
    drop(0);
    return drop_one(unused);
}

/* ---- the owner ---- */

static const struct virtual_place here = {"the_owner", 1};

static void start_others(pthread_t *other, const struct walked_check *check,
                         void *(*body)(void *))
{
    for (unsigned i = 0; i + 1 < check->threads; i++)
        virtual_create(&other[i], body, (void *)(uintptr_t)check, here);
}

static void join(const pthread_t *other, const struct walked_check *check)
{
    for (unsigned i = 0; i + 1 < check->threads; i++)
        virtual_join(other[i], NULL, here);
    if (seen[0].references == 0 && seen[0].gone == 0)
        orders_fail("no reference is left, all threads have ended, and gone() "
                    "was not called");
}

/* It has one all the time, and drops the last. */
static void use_it_too(void *with, unsigned me)
{
    const struct walked_check *check = with;
    pthread_t other[ORDERS_THREADS];
    (void)me;
    make(0);
    start_others(other, check, take_and_drop);
    take(0);
    drop(0);
    join(other, check);
    drop(0);
    thread_ends();
    if (seen[0].gone == 0)
        orders_fail("the owner has dropped the last reference and ended, and "
                    "gone() was not called");
}

/* It has one for each of them, and ends. */
static void end_first(const struct walked_check *check, void *(*body)(void *))
{
    pthread_t other[ORDERS_THREADS];
    make(0);
    for (unsigned i = 0; i + 1 < check->threads; i++)
        take(0);
    start_others(other, check, body);
    drop(0);
    thread_ends();
    join(other, check);
}

static void give_away(void *with, unsigned me)
{
    (void)me;
    end_first(with, drop_one);
}

static void share(void *with, unsigned me)
{
    (void)me;
    end_first(with, take_drop_and_drop);
}

/* ---- each of two threads is an owner ---- */

static void wait_for_the_other(unsigned me)
{
    virtual_sem_post(&came[me], here);
    virtual_sem_wait(&came[1 - me], NULL, here);
}

/* Each makes one, takes both, drops both, and then drops its own. */
static void make_and_use(unsigned me)
{
    make(me);
    wait_for_the_other(me);
    take(me);
    take(1 - me);
    wait_for_the_other(me);
    drop(me);
    drop(1 - me);
    wait_for_the_other(me);
    drop(me);
    thread_ends();
}

static void *make_one_too(void *unused)
{
    make_and_use(1);
    return unused;
}

static void make_one(void *with, unsigned me)
{
    pthread_t other;
    (void)with;
    (void)me;
    virtual_create(&other, make_one_too, NULL, here);
    make_and_use(0);
    virtual_join(other, NULL, here);
    for (unsigned i = 0; i < OBJECTS; i++)
        if (seen[i].gone == 0)
            orders_fail("both threads have dropped all and ended, and gone() "
                        "was not called for what thread %u made",
                        i + 1);
}

static struct orders_subject owner_that(const struct walked_check *check,
                                        void (*body)(void *, unsigned))
{
    return (struct orders_subject){.threads = 1,
                                   .begin = begin,
                                   .body = body,
                                   .with = (void *)(uintptr_t)check,
                                   .remembers = &seen,
                                   .remembers_bytes = sizeof seen};
}

static struct orders_subject uses_it_too(const struct walked_check *check)
{
    return owner_that(check, use_it_too);
}

static struct orders_subject gives_away(const struct walked_check *check)
{
    return owner_that(check, give_away);
}

static struct orders_subject shares(const struct walked_check *check)
{
    return owner_that(check, share);
}

static struct orders_subject each_makes_one(const struct walked_check *check)
{
    return owner_that(check, make_one);
}

/* To look again and again is slow, and not wrong. */
#define COUNT (WALKED_FINDS_CHECK | WALKED_FINDS_STUCK)
#define RACE (WALKED_FINDS_RACE | WALKED_FINDS_MISUSE)

static const struct walked_check checks[] = {
    {.mode = "several",
     .name = "2 threads",
     .subject = uses_it_too,
     .threads = 2,
     .rounds = 2,
     .finds = COUNT,
     .bounds = {.preemptions = 2}},
    {.mode = "several",
     .name = "3 threads",
     .subject = uses_it_too,
     .threads = 3,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2}},
    {.mode = "several",
     .name = "2 threads, each access",
     .subject = uses_it_too,
     .threads = 2,
     .rounds = 2,
     .finds = COUNT,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "several",
     .name = "3 threads, each access",
     .subject = uses_it_too,
     .threads = 3,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "several",
     .name = "2 threads, each makes one",
     .subject = each_makes_one,
     .finds = COUNT,
     .bounds = {.preemptions = 2}},
    {.mode = "several",
     .name = "2 threads, each makes one, each access",
     .subject = each_makes_one,
     .finds = COUNT,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "owner",
     .name = "2 threads, given",
     .subject = gives_away,
     .threads = 2,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 3}},
    {.mode = "owner",
     .name = "3 threads, given",
     .subject = gives_away,
     .threads = 3,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2}},
    {.mode = "owner",
     .name = "2 threads, shared",
     .subject = shares,
     .threads = 2,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 3}},
    {.mode = "owner",
     .name = "3 threads, shared",
     .subject = shares,
     .threads = 3,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2}},
    {.mode = "owner",
     .name = "2 threads, each access",
     .subject = shares,
     .threads = 2,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "owner",
     .name = "3 threads, given, each access",
     .subject = gives_away,
     .threads = 3,
     .rounds = 1,
     .finds = COUNT,
     .bounds = {.preemptions = 2, .plain_steps = true}},
    {.mode = "race",
     .name = "3 threads",
     .subject = uses_it_too,
     .threads = 3,
     .rounds = 1,
     .finds = RACE,
     .bounds = {.preemptions = 2}},
    {.mode = "race",
     .name = "each makes one",
     .subject = each_makes_one,
     .finds = RACE,
     .bounds = {.preemptions = 2}},
    {.mode = "race",
     .name = "given",
     .subject = gives_away,
     .threads = 3,
     .rounds = 1,
     .finds = RACE,
     .bounds = {.preemptions = 2}},
    {.mode = "race",
     .name = "shared",
     .subject = shares,
     .threads = 3,
     .rounds = 1,
     .finds = RACE,
     .bounds = {.preemptions = 1}},
};

static void *load(const struct harness *harness)
{
    void *function;
    harness_function(harness, "object_new", &object_new);
    harness_function(harness, "object_take", &object_take);
    harness_function(harness, "object_drop", &object_drop);
    harness_function(harness, "thread_ends", &thread_ends);
    memcpy(&function, &object_new, sizeof function);
    return function;
}

int main(int argc, char **argv)
{
    static const struct walked_exercise exercise = {
        .name = "06_count_references",
        .load = load,
        .check = checks,
        .checks = sizeof checks / sizeof *checks,
    };
    return walked_main(argc, argv, &exercise);
}
