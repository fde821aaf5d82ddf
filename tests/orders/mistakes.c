/* SPDX-License-Identifier: MIT
 *
 * Each policy in the table `mistakes`, which tests/orders/mistakes makes, in
 * every order of a few configurations. Prints a line for each: the shortest
 * order that shows that it is wrong, how many steps it has, how often it failed
 * when it was followed 100 times more, and what brute force says of it. With
 * --show it prints the order as well; with --deep brute force tries longer
 * ones. Status 1: a mistake was not found, or not in its shortest order.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/names.h"

#include "common/gil/gil.h"
#include "common/virtual/columns.h"
#include "common/virtual/interpreter.h"

#include "brute.h"

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

enum brute {
    UNKNOWN,
    SHORTEST,
    NOT_SHORTEST
};
static const char *const brute_words[] = {"unknown", "shortest",
                                          "NOT SHORTEST"};

struct found {
    struct orders_subject subject;
    struct guests guests;
    struct orders_bounds bounds;
    struct orders_result result;
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
    if (!result.fault)
        return;
    orders_free(&found->result);
    found->guests = guests;
    found->subject = subject;
    found->bounds = bounds;
    found->result = result;
}

/* Brute force, where it does not take too long: this order fails, and none that
 * is shorter. */
static enum brute is_shortest(struct found *found, size_t most_steps)
{
    size_t steps = found->result.steps;
    if (found->guests.threads > 2 || steps == 0 || steps > most_steps)
        return UNKNOWN;
    guests_subject(&found->guests);
    return !brute_fails(&found->subject, &found->bounds, steps - 1) &&
                   brute_fails(&found->subject, &found->bounds, steps)
               ? SHORTEST
               : NOT_SHORTEST;
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

static bool find(const struct gil_policy *policy, bool shows, bool deep)
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
    enum brute brute = is_shortest(&found, deep ? 30 : 12);
    printf("%s\t%zu\t%u\t%s\t%s\n", policy->name, result->steps, again(&found),
           brute_words[brute], result->text);
    if (shows)
        columns_print(stdout, &found.subject, &found.bounds, result);
    orders_free(&found.result);
    return brute != NOT_SHORTEST;
}

int main(int argc, char **argv)
{
    bool all = true, shows = false, deep = false;
    for (int i = 1; i < argc; i++) {
        shows = shows || strcmp(argv[i], "--show") == 0;
        deep = deep || strcmp(argv[i], "--deep") == 0;
    }
    for (size_t i = 0; mistakes[i]; i++)
        all = find(mistakes[i], shows, deep) && all;
    return all ? 0 : STATUS_FAILED;
}
