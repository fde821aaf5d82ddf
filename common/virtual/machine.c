/* SPDX-License-Identifier: MIT */
#include "common/virtual/machine.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/base/fail.h"
#include "common/virtual/processors.h"
#include "common/virtual/sync.h"

const struct machine_config machine_usual = {
    .processors = 2,
    .wake_ns = 50000,
    .slice_ns = 3000000,
    .signal_ns = 5000,
    .call_ns = 500,
    .lock_ns = 50,
    .move_ns = 100,
    .addition_ps = 5000,
    .limit_ns = INT64_C(100000000000000),
    .seed = 1,
};

struct machine {
    struct scheduler scheduler;
    struct machine_config config;
    struct processors processors;
    int64_t cost_ns; /* of the step that is being done */
    const char *failure;
    machine_watcher *watch;
    void *with;
};

static struct runner *runner_of(struct machine *machine,
                                const struct thread *thread)
{
    return &machine->processors.runner[thread->number - 1];
}

static void tell(struct machine *machine, enum machine_event event,
                 const struct thread *thread, struct virtual_place place)
{
    if (machine->watch)
        machine->watch(machine->with, event, machine->processors.now_ns, thread,
                       place);
}

/* Steps. */

static void may_go_on(struct scheduler *self, struct thread *me,
                      const void *object, unsigned most)
{
    struct machine *machine = (struct machine *)self;
    struct processors *processors = &machine->processors;
    processors_adopt(processors, me->threads);
    struct runner *woken;
    while (most-- > 0 && (woken = processors_sleeper(processors, object))) {
        processors_wake(processors, woken);
        machine->cost_ns = machine->config.signal_ns;
    }
}

static void done(struct scheduler *self, struct thread *me)
{
    struct machine *machine = (struct machine *)self;
    if (me->moved)
        machine->cost_ns += machine->config.move_ns;
    switch (me->point.kind) {
    case POINT_LOCK:
    case POINT_TRY_LOCK:
    case POINT_READ_LOCK:
    case POINT_TRY_READ_LOCK:
    case POINT_UNLOCK:
        machine->cost_ns += machine->config.lock_ns;
        break;
    case POINT_CREATE:
    case POINT_WAIT: /* it falls asleep: until POINT_WAKE */
        machine->cost_ns += machine->config.call_ns;
        break;
    case POINT_READ:
    case POINT_WRITE:
    case POINT_CHANGE:
        machine->cost_ns += machine->config.access_ns;
        break;
    default:
        break;
    }
}

static int64_t now_ns(struct scheduler *self, struct thread *me,
                      clockid_t clock)
{
    struct processors *processors = &((struct machine *)self)->processors;
    if (clock == VIRTUAL_DELAY)
        return runner_of((struct machine *)self, me)->delay_ns;
    if (clock != CLOCK_THREAD_CPUTIME_ID && clock != CLOCK_PROCESS_CPUTIME_ID)
        return processors->now_ns;
    return processors_cpu_ns(processors,
                             clock == CLOCK_THREAD_CPUTIME_ID ? me : NULL);
}

/* The step of `me` is done, and it has come to its next point: it is busy with
 * what the step cost. */
static void begin_busy(struct machine *machine, struct thread *me)
{
    struct processors *processors = &machine->processors;
    struct runner *runner = runner_of(machine, me);
    tell(machine, me->ended ? MACHINE_ENDS : MACHINE_STEP, me, runner->place);
    runner->place = me->point.place;
    runner->until_ns = processors->now_ns + machine->cost_ns;
    runner->waits = me->point.kind == POINT_WAKE;
    if (runner->waits)
        tell(machine, MACHINE_WAITS, me, runner->place);
    machine->cost_ns = 0;
    if (me->ended)
        processors_leave(processors, runner, ENDED);
}

/* Additions. */

static int64_t additions_ns(const struct machine *machine, uint64_t additions)
{
    return ((int64_t)additions * machine->config.addition_ps + 999) / 1000;
}

uint64_t machine_add(uint64_t additions, const atomic_bool *stop)
{
    struct machine *machine = (struct machine *)virtual_me->threads->scheduler;
    struct runner *runner = runner_of(machine, virtual_me);
    if (stop && atomic_load_explicit(stop, memory_order_relaxed))
        additions = 1;
    runner->additions = additions;
    runner->add_cpu_ns = runner->cpu_ns + machine->cost_ns;
    runner->stop = stop;
    machine->cost_ns += additions_ns(machine, additions);
    virtual_me->point = (struct point){
        .kind = POINT_YIELD, .until_ns = VIRTUAL_NEVER, .place = runner->place};
    virtual_point();
    runner = runner_of(machine, virtual_me); /* it may have moved */
    runner->stop = NULL;
    return runner->additions;
}

/* The flag that a busy thread looks at after each addition has been set: the
 * addition that it is at is the last one. */
static void cut_additions(struct machine *machine, struct runner *runner)
{
    struct processors *processors = &machine->processors;
    if (runner->state == RUNS)
        processors_charge(processors, runner);
    int64_t made_ns = runner->cpu_ns - runner->add_cpu_ns;
    uint64_t made =
        made_ns > 0 ? (uint64_t)(made_ns * 1000 / machine->config.addition_ps)
                    : 0;
    runner->stop = NULL;
    processors->quiet_ns = 0;
    if (made + 1 >= runner->additions)
        return;
    runner->additions = made + 1;
    int64_t left_ns = additions_ns(machine, made + 1) - made_ns;
    if (runner->state == RUNS)
        runner->until_ns = processors->now_ns + left_ns;
    else
        runner->left_ns = left_ns;
}

/* Time. */

/* The thread is no longer busy. True: it does the step of its point. Otherwise
 * it has to wait, and calls the system, which lets it sleep. If it can go on at
 * the end of that call, as where a mutex is free again, it does not sleep. */
static bool step_or_wait(struct machine *machine, struct runner *runner)
{
    const struct thread *thread = runner->thread;
    if (virtual_can_go(thread))
        return true;
    if (runner->waits) {
        processors_leave(&machine->processors, runner, SLEEPS);
    } else {
        runner->waits = true;
        runner->until_ns = machine->processors.now_ns + machine->config.call_ns;
        tell(machine, MACHINE_WAITS, thread, thread->point.place);
    }
    return false;
}

static void arrive(struct machine *machine, struct runner *runner,
                   enum machine_event event)
{
    tell(machine, event, runner->thread, runner->thread->point.place);
    processors_arrive(&machine->processors, runner);
}

/* What happens to a thread next. True: it is to do its step. */
static bool next_event(struct machine *machine, struct runner *runner)
{
    struct processors *processors = &machine->processors;
    switch (runner->state) {
    case SLEEPS:
        runner->thread->woken = WOKEN_BY_TIME;
        arrive(machine, runner, MACHINE_TIMES_OUT);
        return false;
    case WAKES:
        arrive(machine, runner,
               runner->thread->point.kind == POINT_BEGIN ? MACHINE_BEGINS
                                                         : MACHINE_WAKES);
        return false;
    default: /* RUNS */
        processors_charge(processors, runner);
        if (processors->now_ns >= runner->until_ns)
            return step_or_wait(machine, runner);
        tell(machine, MACHINE_LOSES, runner->thread, runner->place);
        processors_leave(processors, runner, READY);
        return false;
    }
}

static struct thread *next(struct scheduler *self, struct threads *threads,
                           struct thread *me)
{
    struct machine *machine = (struct machine *)self;
    struct processors *processors = &machine->processors;
    processors_adopt(processors, threads);
    if (me)
        begin_busy(machine, me);
    else
        processors_arrive(processors, &processors->runner[0]);
    for (size_t i = 0; i < processors->runners; i++) {
        struct runner *runner = &processors->runner[i];
        if (runner->stop &&
            atomic_load_explicit(runner->stop, memory_order_relaxed))
            cut_additions(machine, runner);
    }
    if (me && virtual_can_go(me) &&
        processors_go_straight_on(processors, runner_of(machine, me)) &&
        processors->now_ns <= machine->config.limit_ns)
        return me;
    struct runner *runner;
    do {
        runner = processors_turn_clock(processors);
        if (!runner)
            machine->failure = "every thread waits for another";
        else if (processors->now_ns > machine->config.limit_ns)
            machine->failure = "more virtual time than the limit";
    } while (!machine->failure && !next_event(machine, runner));
    return machine->failure ? NULL : runner->thread;
}

/* Only atomic accesses are points. */
static bool passes(struct scheduler *self, struct thread *me)
{
    (void)self;
    (void)me;
    return true;
}

struct machine *machine_new(const struct machine_config *config)
{
    struct machine *machine = allocate(1, sizeof *machine);
    machine->scheduler =
        (struct scheduler){.sees_memory = config->access_ns > 0,
                           .next = next,
                           .passes = passes,
                           .done = done,
                           .may_go_on = may_go_on,
                           .now_ns = now_ns};
    machine->config = *config;
    return machine;
}

void machine_free(struct machine *machine)
{
    free(machine->processors.runner);
    free(machine);
}

void machine_watch(struct machine *machine, machine_watcher *watch, void *with)
{
    machine->watch = watch;
    machine->with = with;
}

void machine_run(struct machine *machine, void *(*body)(void *with), void *with)
{
    struct threads *threads = virtual_threads_new(&machine->scheduler);
    free(machine->processors.runner);
    machine->processors =
        (struct processors){.count = machine->config.processors,
                            .slice_ns = machine->config.slice_ns,
                            .wake_ns = machine->config.wake_ns,
                            .late_ns = machine->config.late_ns,
                            .signal_ns = machine->config.signal_ns,
                            .chance = machine->config.seed};
    machine->cost_ns = 0;
    virtual_threads_add(threads, body, with);
    bool all_ended = virtual_threads_run(threads);
    virtual_threads_free(threads);
    if (!all_ended)
        fail("%s, after %" PRId64 " virtual ms", machine->failure,
             machine->processors.now_ns / 1000000);
}
