/* SPDX-License-Identifier: MIT
 *
 * Each policy in the table `mistakes`, which tests/orders/mistakes makes, in
 * every order of a few configurations. Prints a line for each: the shortest
 * order that shows that it is wrong, how many steps it has, how often it failed
 * when it was followed 100 times more, how many executions it took to find the
 * first one. With an argument it prints the order as well. Status 1: a mistake
 * was not found.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/names.h"

#include "common/gil/gil.h"
#include "common/virtual/columns.h"
#include "common/virtual/interpreter.h"

extern const struct gil_policy *const mistakes[];

static const struct configuration {
    unsigned threads, rounds;
    struct orders_bounds bounds;
} configurations[] = {
    {1, 2, {.no_rescue = true}},
    {2, 1, {.preemptions = 2, .no_rescue = true}},
    {2, 2, {.preemptions = 2, .no_rescue = true}},
    {2,
     1,
     {.preemptions = 2, .time_outs = 2, .spurious = 1, .no_rescue = true}},
    {2, 2, {.preemptions = 1, .time_outs = 2, .no_rescue = true}},
    {3, 1, {.preemptions = 2, .time_outs = 1, .no_rescue = true}},
};

enum {
    CONFIGURATIONS = sizeof configurations / sizeof *configurations,
    AGAIN = 100
};

struct found {
    struct orders_subject subject;
    struct guests guests;
    struct orders_bounds bounds;
    struct orders_result result;
    uint64_t executions;
};

static void seek(struct found *found, const struct gil_policy *policy,
                 const struct configuration *configuration)
{
    struct guests guests = interpreter_guests(policy);
    guests.threads = configuration->threads;
    guests.rounds = configuration->rounds;
    struct orders_bounds bounds = configuration->bounds;
    bounds.shorter_than = found->result.steps;
    struct orders_subject subject = guests_subject(&guests);
    struct orders_result result;
    orders_walk(&subject, &bounds, &result);
    if (!result.fault) {
        if (!found->result.fault)
            found->executions += result.executions;
        return;
    }
    if (!found->result.fault)
        found->executions += result.first;
    orders_free(&found->result);
    found->guests = guests;
    found->subject = subject;
    found->bounds = bounds;
    found->result = result;
}

/* How often the order fails in the same way when it is followed again. */
static unsigned again(struct found *found)
{
    unsigned times = 0;
    guests_subject(&found->guests);
    for (unsigned i = 0; i < AGAIN; i++) {
        struct orders_result result;
        orders_follow(&found->subject, &found->bounds, found->result.step,
                      found->result.steps, NULL, NULL, &result);
        times += result.fault == found->result.fault &&
                 strcmp(result.text, found->result.text) == 0;
    }
    return times;
}

static bool find(const struct gil_policy *policy, bool shows)
{
    struct found found = {.bounds = {0}};
    for (size_t i = 0; i < CONFIGURATIONS; i++)
        if (!found.result.fault ||
            found.guests.threads == configurations[i].threads)
            seek(&found, policy, &configurations[i]);
    const struct orders_result *result = &found.result;
    if (!result->fault) {
        printf("%s\tNOT FOUND\n", policy->name);
        return false;
    }
    interpreter_guests(policy);
    printf("%s\t%zu\t%u\t%" PRIu64 "\t%s\n", policy->name, result->steps,
           again(&found), found.executions, result->text);
    if (shows)
        columns_print(stdout, &found.subject, &found.bounds, result);
    orders_free(&found.result);
    return true;
}

int main(int argc, char **argv)
{
    (void)argv;
    bool all = true;
    for (size_t i = 0; mistakes[i]; i++)
        all = find(mistakes[i], argc > 1) && all;
    return all ? 0 : STATUS_FAILED;
}
