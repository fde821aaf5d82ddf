/* SPDX-License-Identifier: MIT */
#include "common/python/object.h"

#include <inttypes.h>

#include "common/base/relaxed.h"
#include "common/lab/screen.h"
#include "common/run/cost.h"

enum {
    NAPS = 16, /* a task */
    NAP_NS = 100000,
    TRIES = 5,
    MOST_WAYS = 8,
};

/* An object to which each of `tasks` tasks has one reference: in `count`, or,
 * if it has an owner (a task's number; 0: none), in `local` and `shared`. */
static void object_init(struct object *object, const struct counting *counting,
                        uint64_t tasks, int64_t owner)
{
    int64_t given = (int64_t)tasks;
    int64_t own = owner == 1;
    *object = (struct object){
        .owner = owner, .sharers = (unsigned)tasks, .counting = counting};
    if (owner) {
        object->local = own;
        object->shared = (given - own) * SHARED_ONE;
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

/* Must this task go on, because another is to end first? */
static bool not_yet(const struct object *object, const struct task *task)
{
    int64_t owner = load_relaxed(&object->owner);
    bool mine = owner == task->number;
    switch (object->owner_ends) {
    case OWNER_ENDS_FIRST:
        return !mine && owner != 0;
    case OWNER_ENDS_LAST:
        return mine && load_relaxed(&object->shared) != 0;
    default:
        return false;
    }
}

static void use(struct task *task)
{
    struct object *object = task->with;
    const struct counting *counting = object->counting;
    wait_for_all(object);
    if (counting->locks)
        gil_take(&task->python);
    else
        at_once_enter(&task->run->at_once);
    counting->use(object, task);
    while (not_yet(object, task)) {
        counting->take(object, task->number);
        counting->drop(object, task->number);
    }
    counting->drop(object, task->number);
    if (counting->locks)
        gil_drop(&task->python);
    else
        at_once_leave(&task->run->at_once);
}

/* Returns whether the object was freed once and no reference is left. */
static bool share(struct run *run, struct object *object,
                  const struct options *options, uint64_t count)
{
    const struct counting *counting = object->counting;
    struct gil gil;
    screen_line("\n%s:", counting->name);
    gil_init(&gil, &options->lock);
    run_init(run, "threads", options->tasks, count);
    if (counting->locks)
        run_lock(run, &gil);
    run_begin(run);
    run_all(run, use, object);
    run_end(run);
    gil_destroy(&gil);

    int64_t left = object_references(object);
    bool right = left == 0 && object->freed == 1;
    screen_line("%" PRId64 " references left, freed %d time%s: %s", left,
                object->freed, object->freed == 1 ? "" : "s",
                right ? "right" : "wrong");
    run_text(run, "counting", "counting", counting->name);
    run_figure(run, "expected", NULL, 0, 0);
    run_figure(run, "final", NULL, 0, (double)left);
    run_figure(run, "freed", NULL, 0, object->freed);
    run_flag(run, "right", NULL, right);
    return right;
}

void objects_share(struct run *run, const struct counting *counting,
                   enum owner_ends owner_ends, const struct options *options,
                   uint64_t count)
{
    bool again = counting->may_be_wrong && options->tasks > 1;
    struct object object;
    bool right = true;
    for (int i = 0; i < (again ? TRIES : 1) && right; i++) {
        if (i > 0)
            run_free(run);
        object_init(&object, counting, options->tasks, counting->has_owner);
        object.owner_ends = owner_ends;
        right = share(run, &object, options, count);
    }
    if (right || counting->may_be_wrong)
        return;
    task_fail(&run->task[0],
              "%s counting: %" PRId64 " references left, freed %d times",
              counting->name, object_references(&object), object.freed);
    run->failed++;
}

/* Ways that are tried alone. One with an owner is tried twice: as the owner,
 * and as a task that is not. */
struct tries {
    const struct gil_config *lock;
    const struct counting *way[MOST_WAYS];
    int64_t owner[MOST_WAYS];
    size_t ways;
};

static void add_try(struct tries *tries, const struct counting *way,
                    int64_t owner)
{
    tries->way[tries->ways] = way;
    tries->owner[tries->ways++] = owner;
}

static double one_try(size_t way, const void *with)
{
    const struct tries *tries = with;
    struct object object;
    object_init(&object, tries->way[way], 1, tries->owner[way]);
    return cost_ns(tries->lock, 1000000, use, &object) / 2;
}

static void cost_of(struct run *run, const struct counting *way, double ns,
                    double plain_ns)
{
    double operations = 2.0 * (double)run->tasks * (double)run->task[0].result;
    double shared_ns = run->time.cpu_s * 1e9 / operations;
    run_figure(run, "ns_per_op", NULL, 2, shared_ns);
    run_figure(run, "ns_alone", NULL, 2, ns);
    run_figure(run, "ratio", NULL, 2, shared_ns / plain_ns);
    run_figure(run, "ratio_alone", NULL, 2, ns / plain_ns);
    screen_line("%-9s %8.2f ns %7.1f x %9.2f ns %7.1f x", way->name, ns,
                ns / plain_ns, shared_ns, shared_ns / plain_ns);
}

void objects_cost(struct run *run, const struct counting *way, size_t ways,
                  const struct counting *plain, const struct gil_config *lock)
{
    struct tries tries = {.lock = lock};
    double ns[MOST_WAYS];
    add_try(&tries, plain, 0);
    for (size_t i = 0; i < ways; i++) {
        if (&way[i] != plain)
            add_try(&tries, &way[i], way[i].has_owner);
        if (way[i].has_owner)
            add_try(&tries, &way[i], 2);
    }
    cost_compare(tries.ways, ns, one_try, &tries);
    screen_line("\nCPU time of a take or a drop\n%18s%27zu at once", "alone",
                run->tasks);
    size_t next = 1;
    for (size_t i = 0; i < ways; i++) {
        double alone_ns = &way[i] == plain ? ns[0] : ns[next++];
        cost_of(&run[i], &way[i], alone_ns, ns[0]);
        if (!way[i].has_owner)
            continue;
        run_figure(&run[i], "ns_alone_other", NULL, 2, ns[next]);
        screen_line("%-9s %8.2f ns %7.1f x", "not owner", ns[next],
                    ns[next] / ns[0]);
        next++;
    }
}
