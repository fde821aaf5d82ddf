/* SPDX-License-Identifier: MIT
 *
 * Takes and drops references with threads of its own; what counts is when its
 * own gone() is called, and how often.
 */
#include <stdatomic.h>
#include <stdio.h>

#include "harness.h"
#include "operations.h"

enum {
    OTHERS = 4,
    MANY = 5000,
    TURNS = 20000,
    REPETITIONS = 20
};

struct object;
static struct object *(*object_new)(void (*gone)(void *), void *argument);
static void (*object_take)(struct object *);
static void (*object_drop)(struct object *);
static void (*thread_ends)(void);

static atomic_int gone;
static struct object *object;
static unsigned enough; /* stops, before the threads that use it end */
static unsigned held;   /* references that a thread takes and keeps */

static void count_gone(void *argument)
{
    if (argument == &gone)
        atomic_fetch_add(&gone, 1);
}

static void make(void)
{
    atomic_store(&gone, 0);
    object = object_new(count_gone, &gone);
}

/* Run one step in a thread of its own and wait for its end. */
static void in_thread(void *(*step)(void *))
{
    pthread_join(start(step, NULL), NULL);
}

/* So many that a count of 16 bits is too small. */
static void one(void)
{
    make();
    for (unsigned i = 0; i < held * 40000; i++)
        object_take(object);
    for (unsigned i = 0; i < held * 40000; i++)
        object_drop(object);
    report("early", "%d", atomic_load(&gone));
    object_drop(object);
    thread_ends();
    report("gone", "%d", atomic_load(&gone));
}

/* It owns one as well. */
static void *use_it(void *unused)
{
    struct object *own = object_new(count_gone, NULL);
    for (int i = 0; i < TURNS || stops() < enough; i++) {
        object_take(object);
        if (i % 7 == 0) {
            object_take(object);
            object_drop(object);
        }
        object_drop(object);
    }
    object_drop(own);
    thread_ends();
    return unused;
}

/* The owner too, at the same time; one reference is held all along. */
static void several(void)
{
    pthread_t thread[OTHERS];
    make();
    for (int i = 0; i < OTHERS; i++)
        thread[i] = start(use_it, NULL);
    if (enough)
        stops_begin();
    for (int i = 0; i < TURNS || stops() < enough; i++) {
        object_take(object);
        object_drop(object);
    }
    for (int i = 0; i < OTHERS; i++)
        pthread_join(thread[i], NULL);
    stops_end();
    report("early", "%d", atomic_load(&gone));
    object_drop(object);
    thread_ends();
    report("gone", "%d", atomic_load(&gone));
}

static void *make_and_end(void *unused)
{
    make();
    for (unsigned i = 0; i < held; i++)
        object_take(object);
    thread_ends();
    return unused;
}

static void *make_drop_and_end(void *unused)
{
    make();
    for (unsigned i = 0; i < held; i++)
        object_take(object);
    for (unsigned i = 0; i < held + 1; i++)
        object_drop(object);
    thread_ends();
    return unused;
}

static void *drop_held(void *unused)
{
    for (unsigned i = 0; i < held; i++)
        object_drop(object);
    thread_ends();
    return unused;
}

/* So many that 16 bits are too few for them, with a drop at each number. */
static void *climb(void *unused)
{
    enum {
        STEPS = 66000
    };
    for (int i = 0; i < STEPS && atomic_load(&gone) == 0; i++) {
        object_take(object);
        object_take(object);
        object_drop(object);
    }
    for (int i = 0; i < STEPS && atomic_load(&gone) == 0; i++)
        object_drop(object);
    thread_ends();
    return unused;
}

static void *drop_one(void *unused)
{
    object_drop(object);
    thread_ends();
    return unused;
}

static struct meeting shared, ready;

/* Makes it; after the other has taken a reference, drops its own and ends. */
static void *share_and_end(void *unused)
{
    make();
    meet(&shared);
    meet(&ready);
    object_drop(object);
    thread_ends();
    return unused;
}

/* What happened to the object in all repetitions of one check: how often it was
 * gone too early, and how often not once at the end. The last wrong number is
 * told, too. */
struct seen {
    const char *name;
    unsigned early, wrong;
    int times;
};

static void seen_before(struct seen *seen)
{
    seen->early += atomic_load(&gone) != 0;
}

static void seen_after(struct seen *seen, int expected)
{
    if (atomic_load(&gone) == expected)
        return;
    seen->wrong++;
    seen->times = atomic_load(&gone);
}

static void report_seen(const struct seen *seen)
{
    char key[40];
    snprintf(key, sizeof key, "%s_early", seen->name);
    report(key, "%u", seen->early);
    snprintf(key, sizeof key, "%s_wrong", seen->name);
    report(key, "%u", seen->wrong);
    snprintf(key, sizeof key, "%s_times", seen->name);
    report(key, "%d", seen->times);
}

/* What the owner holds is dropped by others, after the owner has ended. */
static void owner_ends_holding(struct seen *seen)
{
    in_thread(make_and_end);
    in_thread(drop_held);
    seen_before(seen);
    in_thread(drop_one);
    seen_after(seen, 1);
}

/* Another takes many more, after the owner has ended. */
static void others_take_many(struct seen *seen)
{
    in_thread(make_and_end);
    in_thread(climb);
    seen_before(seen);
    if (atomic_load(&gone) != 0)
        return; /* it is not there any more */
    in_thread(drop_held);
    in_thread(drop_one);
    seen_after(seen, 1);
}

/* The owner drops all, and ends. */
static void owner_drops_all(struct seen *seen)
{
    in_thread(make_drop_and_end);
    seen_after(seen, 1);
}

/* Another took a reference, the owner drops its own, and ends. */
static void owner_ends_sharing(struct seen *seen)
{
    meeting_init(&shared, 2);
    meeting_init(&ready, 2);
    pthread_t owner = start(share_and_end, NULL);
    meet(&shared);
    object_take(object);
    meet(&ready);
    pthread_join(owner, NULL);
    seen_before(seen);
    object_drop(object);
    seen_after(seen, 1);
}

/* Another drops more than it took, while the owner lives. */
static void *given_away(void *argument)
{
    struct seen *seen = argument;
    make();
    for (unsigned i = 0; i < held; i++)
        object_take(object);
    in_thread(drop_held);
    seen_before(seen);
    object_drop(object);
    thread_ends();
    seen_after(seen, 1);
    return NULL;
}

static void *take_one(void *unused)
{
    object_take(object);
    thread_ends();
    return unused;
}

/* The owner has none for a while, and drops what another took. */
static void *come_back(void *argument)
{
    struct seen *seen = argument;
    make();
    in_thread(take_one);
    object_drop(object);
    object_take(object);
    object_drop(object);
    seen_before(seen);
    object_drop(object);
    thread_ends();
    seen_after(seen, 1);
    return NULL;
}

/* Many objects of one owner, dropped by several threads at the same time. */
static struct object *many[MANY];

static void *make_many(void *unused)
{
    atomic_store(&gone, 0);
    for (int i = 0; i < MANY; i++) {
        many[i] = object_new(count_gone, &gone);
        for (int k = 1; k < OTHERS; k++)
            object_take(many[i]);
    }
    thread_ends();
    return unused;
}

static unsigned
    in_step; /* so many of them are dropped by all threads at once */

static void *drop_many(void *unused)
{
    static atomic_uint drops;
    for (unsigned i = 0; i < MANY; i++) {
        if (i < in_step) {
            atomic_fetch_add(&drops, 1);
            while (atomic_load(&drops) < OTHERS * (i + 1))
                nap_us(20);
        }
        object_drop(many[i]);
    }
    thread_ends();
    return unused;
}

static void drop_orphans(struct seen *seen)
{
    pthread_t thread[OTHERS];
    for (int i = 0; i < OTHERS; i++)
        thread[i] = start(drop_many, NULL);
    for (int i = 0; i < OTHERS; i++)
        pthread_join(thread[i], NULL);
    seen_after(seen, MANY);
}

static void orphans(struct seen *seen)
{
    in_thread(make_many);
    seen_before(seen);
    drop_orphans(seen);
}

static void owner_ends_first(void)
{
    struct seen holding = {"holding", 0, 0, 0}, dropped = {"dropped", 0, 0, 0},
                sharing = {"sharing", 0, 0, 0}, given = {"given", 0, 0, 0},
                orphaned = {"orphans", 0, 0, 0}, crowd = {"crowd", 0, 0, 0},
                back = {"back", 0, 0, 0};
    for (int i = 0; i < REPETITIONS; i++) {
        owner_ends_holding(&holding);
        owner_drops_all(&dropped);
        owner_ends_sharing(&sharing);
        pthread_join(start(given_away, &given), NULL);
        pthread_join(start(come_back, &back), NULL);
        orphans(&orphaned);
        others_take_many(&crowd);
    }
    report("repetitions", "%d", REPETITIONS);
    report_seen(&holding);
    report_seen(&dropped);
    report_seen(&sharing);
    report_seen(&given);
    report_seen(&orphaned);
    report_seen(&crowd);
    report_seen(&back);
}

static bool drops_its_own;
static unsigned later_us; /* that the others begin to drop */

static void *share_and_end_meanwhile(void *unused)
{
    make();
    object_take(object);
    meet(&ready);
    meet(&shared);
    if (drops_its_own)
        object_drop(object);
    thread_ends();
    return unused;
}

/* One of the others has its reference from the owner, the other takes one. */
static void *drop_meanwhile(void *takes)
{
    meet(&ready);
    if (takes)
        object_take(object);
    meet(&shared);
    nap_us(later_us);
    object_drop(object);
    thread_ends();
    return NULL;
}

/* The owner ends at the moment at which two others drop what they have. */
static void owner_ends_meanwhile(struct seen *seen)
{
    meeting_init(&shared, 3);
    meeting_init(&ready, 3);
    pthread_t thread[] = {start(share_and_end_meanwhile, NULL),
                          start(drop_meanwhile, NULL),
                          start(drop_meanwhile, seen)};
    for (int i = 0; i < 3; i++)
        pthread_join(thread[i], NULL);
    if (!drops_its_own) {
        seen_before(seen);
        object_drop(object);
    }
    seen_after(seen, 1);
}

/* Where the code is shaken. */
static void shaken_owner(void)
{
    enum {
        TIMES = 160
    };
    struct seen meanwhile = {"meanwhile", 0, 0, 0},
                orphaned = {"orphans", 0, 0, 0};
    in_thread(make_many);
    seen_before(&orphaned);
    operations_shake();
    in_step = 40;
    drop_orphans(&orphaned);
    for (unsigned i = 0; i < TIMES; i++) {
        drops_its_own = i % 2;
        later_us = i * 20;
        owner_ends_meanwhile(&meanwhile);
    }
    report("repetitions", "%d", TIMES);
    report_seen(&meanwhile);
    report_seen(&orphaned);
}

/* Operations on shared memory by the owner, for each reference that it takes
 * and for each that it drops: an atomic count has one, a mutex two or more. The
 * dearer of the two counts: what one of them saves, the other may not spend. */
static void cost(void)
{
    enum {
        PAIRS = 100000
    };
    make();
    uint64_t takes = 0, drops = 0;
    for (int i = 0; i < PAIRS; i++) {
        struct operations before = operations_so_far();
        object_take(object);
        object_take(object);
        struct operations between = operations_so_far();
        object_drop(object);
        object_drop(object);
        takes += between.shared - before.shared;
        drops += operations_so_far().shared - between.shared;
    }
    report("cost", "%.4f",
           (double)(takes > drops ? takes : drops) / (2.0 * PAIRS));
}

int main(int argc, char **argv)
{
    struct harness harness = harness_begin(argc, argv);
    harness_function(&harness, "object_new", &object_new);
    harness_function(&harness, "object_take", &object_take);
    harness_function(&harness, "object_drop", &object_drop);
    harness_function(&harness, "thread_ends", &thread_ends);
    held = random_from(&harness.seed, 2, 30);
    if (harness_mode(&harness, "one"))
        one();
    if (harness_mode(&harness, "race"))
        several();
    if (harness_mode(&harness, "shaken")) {
        operations_shake();
        several();
    }
    if (harness_mode(&harness, "shaken_owner"))
        shaken_owner();
    enough = 60;
    if (harness_mode(&harness, "several"))
        several();
    if (harness_mode(&harness, "owner"))
        owner_ends_first();
    if (harness_mode(&harness, "cost"))
        cost();
    harness_end();
}
