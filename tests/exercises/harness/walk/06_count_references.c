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

static struct object *object;
static struct {
    int references; /* that the threads have */
    int gone;       /* how often it was */
} seen;

static void nothing(void)
{
}

static void begin(void *with)
{
    (void)with;
    memset(&seen, 0, sizeof seen);
    walked_begin(nothing);
}

static void gone(void *argument)
{
    (void)argument;
    if (seen.references > 0)
        orders_fail("gone() is called, and %d reference%s left",
                    seen.references, seen.references == 1 ? " is" : "s are");
    if (++seen.gone > 1)
        orders_fail("gone() is called a second time");
}

static void make(void)
{
    object = object_new(gone, NULL);
    seen.references = 1;
}

static void take(void)
{
    seen.references++;
    object_take(object);
}

static void drop(void)
{
    seen.references--;
    object_drop(object);
}

/* ---- the others ---- */

static void *take_and_drop(void *with)
{
    const struct walked_check *check = with;
    for (unsigned i = 0; i < check->rounds; i++) {
        take();
        drop();
    }
    thread_ends();
    return NULL;
}

static void *drop_one(void *unused)
{
    drop();
    thread_ends();
    return unused;
}

/* It was given one. */
static void *take_drop_and_drop(void *unused)
{
    take();
    drop();
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
    if (seen.references == 0 && seen.gone == 0)
        orders_fail("no reference is left, all threads have ended, and gone() "
                    "was not called");
}

/* It has one all the time, and drops the last. */
static void use_it_too(void *with, unsigned me)
{
    const struct walked_check *check = with;
    pthread_t other[ORDERS_THREADS];
    (void)me;
    make();
    start_others(other, check, take_and_drop);
    take();
    drop();
    join(other, check);
    drop();
    thread_ends();
    if (seen.gone == 0)
        orders_fail("the owner has dropped the last reference and ended, and "
                    "gone() was not called");
}

/* It has one for each of them, and ends. */
static void end_first(const struct walked_check *check, void *(*body)(void *))
{
    pthread_t other[ORDERS_THREADS];
    make();
    for (unsigned i = 0; i + 1 < check->threads; i++)
        take();
    start_others(other, check, body);
    drop();
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
