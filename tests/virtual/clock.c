/* SPDX-License-Identifier: MIT
 *
 * Virtual time without a lab: two tasks under each lock, every event as whole
 * numbers. The same on a machine of 32 and of 64 bits.
 */
#include "common/virtual/names.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/virtual/additions.h"
#include "common/virtual/events.h"
#include "common/virtual/machine.h"

static struct gil gil;
static struct lane lane;

struct task {
    struct gil_thread gil_thread; /* the lock knows it until both have ended */
    uint64_t sum;
};

static void *count(void *with)
{
    struct task *task = with;
    gil_take(&task->gil_thread);
    task->sum = additions_python(0, 3000000, &task->gil_thread);
    gil_drop(&task->gil_thread);
    return NULL;
}

static void *start_and_join(void *with)
{
    pthread_t thread[2];
    struct task task[2];
    for (int i = 0; i < 2; i++) {
        task[i] = (struct task){.gil_thread = {.gil = &gil, .lane = &lane}};
        pthread_create(&thread[i], NULL, count, &task[i]);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    printf("%" PRIu64 " %" PRIu64 "\n", task[0].sum, task[1].sum);
    return with;
}

int main(void)
{
    for (size_t i = 0; gil_policies[i]; i++) {
        unsigned every = gil_policies[i]->every > 1 ? 100 : 1000;
        struct events events = {.gil = &gil};
        struct machine *machine = machine_new(&machine_usual);
        gil_init(&gil, &(struct gil_config){gil_policies[i], 1000, every});
        machine_watch(machine, events_note, &events);
        machine_run(machine, start_and_join, NULL);
        for (size_t e = 0; e < events.count; e++)
            printf("%" PRId64 " %u %s\n", events.event[e].ns,
                   events.event[e].task, event_text(events.event[e].kind));
        events_free(&events);
        machine_free(machine);
        gil_destroy(&gil);
    }
    return 0;
}
