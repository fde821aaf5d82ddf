/* SPDX-License-Identifier: MIT */
#include "common/python/object.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/lab/screen.h"
#include "common/lab/trust.h"
#include "common/run/cost.h"
#include "common/run/rounds.h"

enum {
    NAPS = 16, /* a task */
    NAP_NS = 100000,
    TRIES = 5,
    MOST_WAYS = 8,
};

/* An object to which each of `tasks` tasks has one reference: in `count`, or,
 * if it has an owner (a task's number; 0: none), in `local` and `shared`. */
static void object_init(struct object *object, const struct counting *counting,
                        uint64_t tasks, bool owned, int64_t owner)
{
    int64_t given = (int64_t)tasks;
    *object = (struct object){.sharers = (unsigned)tasks, .counting = counting};
    if (counting->has_owner) {
        object->owner = owner;
        object->local = owned;
        object->shared = (given - owned) * SHARED_ONE;
    } else {
        object->count = given;
    }
}

/* How many references there are, after all threads were joined. */
static int64_t object_references(const struct object *object)
{
    return object->count + object->local + object->shared / SHARED_ONE;
}

bool object_nap_is_due(const struct object *object, uint64_t done,
                       uint64_t todo)
{
    return object->sharers > 1 && done % (todo / NAPS + 1) < OBJECT_BATCH;
}

void object_nap(void)
{
    sleep_ns(NAP_NS);
}

static void wait_for_all(struct object *object)
{
    object->arrived++;
    while (object->arrived < object->sharers)
        object_nap();
}

/* Must this task go on, because another is to end first? An immortal object is
 * never dropped, so nobody can see when its owner ends. */
static bool not_yet(const struct object *object, const struct task *task)
{
    int64_t owner = load_relaxed(&object->owner);
    bool mine = owner == task->number;
    if (object->immortal)
        return false;
    switch (object->owner_ends) {
    case OWNER_ENDS_FIRST:
        return !mine && owner != 0;
    case OWNER_ENDS_LAST:
        return mine && load_relaxed(&object->shared) != 0;
    default:
        return false;
    }
}

/* The body of a task, which has an object of its own or shares the first. */
static void use(struct task *task)
{
    struct object *objects = task->with;
    struct object *object = &objects[objects->own ? task->number - 1 : 0];
    const struct counting *counting = object->counting;
    wait_for_all(object);
    if (counting->locks)
        gil_take(&task->gil_thread);
    else
        at_once_enter(&task->run->at_once);
    counting->use(object, task);
    while (not_yet(object, task)) {
        counting->take(object, task->number);
        counting->drop(object, task->number);
    }
    if (!object->immortal)
        counting->drop(object, task->number);
    if (counting->locks)
        gil_drop(&task->gil_thread);
    else
        at_once_leave(&task->run->at_once);
}

struct outcome {
    int64_t left;
    int freed;
    bool right;
};

static struct outcome outcome_of(const struct object *objects, size_t n)
{
    struct outcome outcome = {.right = true};
    for (size_t i = 0; i < n; i++) {
        int64_t left = object_references(&objects[i]);
        outcome.left += left;
        outcome.freed += objects[i].freed;
        if (objects[i].immortal)
            outcome.right &= objects[i].freed == 0;
        else
            outcome.right &= left == 0 && objects[i].freed == 1;
    }
    return outcome;
}

static void share(struct run *run, struct object *objects,
                  const struct counting *counting,
                  const struct sharing *sharing)
{
    struct gil gil;
    screen_line("\n%s:", counting->name);
    gil_init(&gil, &sharing->options->lock);
    run_init(run, "threads", sharing->options->tasks, sharing->count);
    run->label = counting->name;
    if (counting->locks)
        run_use_lock(run, &gil);
    run_begin(run);
    run_all(run, use, objects);
    run_end(run);
    gil_destroy(&gil);
}

static void tell(struct run *run, const struct counting *counting,
                 const struct outcome *outcome)
{
    screen_line("%" PRId64 " reference%s left, freed %d time%s: %s",
                outcome->left, outcome->left == 1 ? "" : "s", outcome->freed,
                outcome->freed == 1 ? "" : "s",
                outcome->right ? "right" : "wrong");
    run_text(run, "counting", NULL, counting->name);
    run_figure(run, "expected", NULL, 0, 0);
    run_figure(run, "final", NULL, 0, (double)outcome->left);
    run_figure(run, "freed", NULL, 0, outcome->freed);
    run_flag(run, "right", NULL, outcome->right);
    if (outcome->right || counting->may_be_wrong)
        return;
    task_fail(&run->task[0],
              "%s counting: %" PRId64 " references left, freed %d times",
              counting->name, outcome->left, outcome->freed);
    run->failed++;
}

static void share_once(struct run *run, size_t way, const void *with)
{
    const struct sharing *sharing = with;
    const struct counting *counting = &sharing->way[way];
    uint64_t tasks = sharing->options->tasks;
    bool own = sharing->kind == OBJECT_OWN;
    size_t n = own ? (size_t)tasks : 1;
    int tries = counting->may_be_wrong && tasks > 1 && !own ? TRIES : 1;
    struct object *objects = allocate_aligned(n, sizeof *objects);
    struct outcome outcome;
    do {
        for (size_t i = 0; i < n; i++) {
            object_init(&objects[i], counting, own ? 1 : tasks, true,
                        (int64_t)i + 1);
            objects[i].owner_ends = sharing->owner_ends;
            objects[i].immortal = sharing->kind == OBJECT_IMMORTAL;
            objects[i].own = own;
        }
        share(run, objects, counting, sharing);
        outcome = outcome_of(objects, n);
        if (--tries > 0 && outcome.right)
            run_free(run);
    } while (tries > 0 && outcome.right);
    tell(run, counting, &outcome);
    free(objects);
}

void objects_share(const struct sharing *sharing, struct run *run)
{
    rounds_make(share_once, sharing, sharing->ways, sharing->options->rounds,
                run);
}

/* Ways that are tried alone. One with an owner is tried twice: as the owner,
 * and as a task that is not. */
struct tries {
    const struct gil_config *lock;
    const struct counting *way[MOST_WAYS];
    bool owned[MOST_WAYS];
    bool immortal;
    size_t ways;
};

static void add_try(struct tries *tries, const struct counting *way, bool owned)
{
    tries->way[tries->ways] = way;
    tries->owned[tries->ways++] = owned;
}

static double one_try(size_t way, const void *with)
{
    const struct tries *tries = with;
    struct object object;
    bool owned = tries->owned[way];
    object_init(&object, tries->way[way], 1, owned, owned ? 1 : 2);
    object.immortal = tries->immortal;
    return cost_ns(tries->lock, 200000, use, &object) / 2;
}

static void cost_of(struct run *run, const char *name, double ns,
                    double plain_ns)
{
    double operations = 2.0 * (double)run->tasks * (double)run->task[0].result;
    double shared_ns = run->time.cpu_s * 1e9 / operations;
    double speedup = ns * operations / (run->time.wall_s * 1e9);
    run_figure(run, "ns_per_op", NULL, 2, shared_ns);
    run_figure(run, "ns_alone", NULL, 2, ns);
    run_figure(run, "ratio", NULL, 2, shared_ns / plain_ns);
    run_figure(run, "ratio_alone", NULL, 2, ns / plain_ns);
    run_figure(run, "speedup", NULL, 2, speedup);
    screen_line("%-9s %8.2f ns %7.1f x %9.2f ns %7.1f x %10.2f", name, ns,
                ns / plain_ns, shared_ns, shared_ns / plain_ns, speedup);
}

/* The lesson, where these runs show it. */
static void tell_finding(const struct sharing *sharing, struct run *run)
{
    struct run *runs[MOST_WAYS + 1] = {NULL};
    double tasks = (double)sharing->options->tasks;
    double worst = tasks;
    for (size_t i = 0; i < sharing->ways; i++) {
        runs[i] = &run[i];
        double speedup = run_value(&run[i], "speedup");
        if (!sharing->way[i].locks && speedup < worst)
            worst = speedup;
    }
    if (tasks < 2 || !trust_of(runs, &(struct ratio){.rounds = 0}).trusted)
        return;
    if (sharing->kind == OBJECT_SHARED && worst < 1)
        screen_line(
            "\nThreads that share an object send its count from one "
            "processor to the other.\nThat is slower than one thread "
            "alone. So free-threaded Python lets the owner\ncount "
            "plainly (biased), and does not count what all use: functions "
            "(deferred)\nand objects such as None (immortal).");
    if (sharing->kind == OBJECT_OWN && worst > 0.75 * tasks)
        screen_line("\nThreads that have an object each do not disturb one "
                    "another: %.2f times the\nwork of one thread, at least.",
                    worst);
    if (sharing->kind == OBJECT_IMMORTAL && worst > 0.75 * tasks)
        screen_line("\nNobody writes an immortal object, so every processor "
                    "keeps a copy of it:\n%.2f times the work of one thread, "
                    "at least.",
                    worst);
}

void objects_cost(const struct sharing *sharing, struct run *run)
{
    struct tries tries = {.lock = &sharing->options->lock,
                          .immortal = sharing->kind == OBJECT_IMMORTAL};
    double ns[MOST_WAYS];
    add_try(&tries, sharing->plain, true);
    for (size_t i = 0; i < sharing->ways; i++) {
        const struct counting *way = &sharing->way[i];
        if (way != sharing->plain)
            add_try(&tries, way, true);
        if (way->has_owner)
            add_try(&tries, way, false);
    }
    cost_compare(tries.ways, ns, one_try, &tries);
    screen_line("\nCPU time of a take or a drop, compared with plain alone\n"
                "%18s%27zu at once%13s",
                "alone", run->tasks, "speed-up");
    size_t next = 1;
    for (size_t i = 0; i < sharing->ways; i++) {
        const struct counting *way = &sharing->way[i];
        double alone_ns = way == sharing->plain ? ns[0] : ns[next++];
        cost_of(&run[i], way->name, alone_ns, ns[0]);
        if (!way->has_owner)
            continue;
        run_figure(&run[i], "ns_alone_other", NULL, 2, ns[next]);
        screen_line("%-9s %8.2f ns %7.1f x", "not owner", ns[next],
                    ns[next] / ns[0]);
        next++;
    }
    tell_finding(sharing, run);
}
