/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/walks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/file.h"
#include "common/lab/json.h"
#include "common/lab/learner.h"
#include "common/lab/screen.h"
#include "common/virtual/columns.h"
#include "common/virtual/order.h"
#include "common/virtual_lab/order_json.h"

enum {
    LIMIT = 1000000, /* executions, where the command line says nothing */
    ALL_STEPS = 100000000,
    MORE_STEPS = 10000000,
    ROWS = 10
};

#define NOT_SAID UINT64_MAX

/* What the command line says. */
static struct {
    uint64_t preemptions, time_outs, spurious, limit, seed, walks;
} said;

static struct option_row rows[ROWS] = {
    {.name = "preemptions",
     .value = "N",
     .help = "how often a thread is stopped that could go on",
     .kind = OPTION_WHOLE,
     .into = &said.preemptions,
     .high = 1000},
    {.name = "time-outs",
     .value = "N",
     .help = "how often the time of a wait is up",
     .kind = OPTION_WHOLE,
     .into = &said.time_outs,
     .high = 100},
    {.name = "spurious",
     .value = "N",
     .help = "how often a wait ends for no reason",
     .kind = OPTION_WHOLE,
     .into = &said.spurious,
     .high = 100},
    {.name = "limit",
     .value = "N",
     .help = "walk so many at most (default 1000000)",
     .kind = OPTION_WHOLE,
     .into = &said.limit,
     .low = 1,
     .high = INT64_MAX},
    {.name = "walks",
     .value = "N",
     .help = "not every order, but N at random",
     .kind = OPTION_WHOLE,
     .into = &said.walks,
     .low = 1,
     .high = INT64_MAX},
    {.name = "seed",
     .value = "N",
     .help = "which ones (default 1)",
     .kind = OPTION_WHOLE,
     .into = &said.seed,
     .high = UINT32_MAX},
    {.name = "order",
     .value = "1,2,...",
     .help = "only this one: thread 1, thread 2, 2t: its time is up",
     .kind = OPTION_TEXT},
    {.name = "save",
     .value = "FILE",
     .help = "write the shortest order that fails",
     .kind = OPTION_TEXT},
    {.name = "replay",
     .value = "FILE",
     .help = "follow it again",
     .kind = OPTION_TEXT},
    {.name = "json",
     .value = "[=FILE]",
     .help = "one JSON object and nothing else; or in FILE",
     .kind = OPTION_MAYBE},
};

void walks_exclude(const char *one, bool gave_one, const char *other,
                   bool gave_other)
{
    if (gave_one && gave_other)
        fail_usage("--%s and --%s do not go together", one, other);
}

/* What is walked: the lab, and the values of its own options. */
static void describe(char text[WALKS_OF_BYTES], const struct lab *lab,
                     const struct option_row *row, size_t count)
{
    snprintf(text, WALKS_OF_BYTES, "%s", lab->name);
    for (size_t i = 0; i < count; i++) {
        char *end = text + strlen(text);
        size_t room = WALKS_OF_BYTES - strlen(text);
        if (row[i].kind == OPTION_WORD)
            snprintf(end, room, ", %s %s", row[i].name,
                     row[i].words[*(int *)row[i].into]);
        else if (row[i].kind == OPTION_WHOLE)
            snprintf(end, room, ", %s %" PRIu64, row[i].name,
                     *(uint64_t *)row[i].into);
        else if (row[i].kind == OPTION_FLAG && *(bool *)row[i].into)
            snprintf(end, room, ", %s", row[i].name);
    }
}

/* Standard output is for the JSON. */
static bool is_quiet(const struct walks *walks)
{
    return walks->json && !walks->json[0];
}

static void check_together(const struct walks *walks)
{
    walks_exclude("order", walks->order, "replay", walks->replay);
    walks_exclude("order", walks->order, "walks", said.walks);
    walks_exclude("replay", walks->replay, "walks", said.walks);
    walks_exclude("order", walks->order, "save", walks->save);
    walks_exclude("replay", walks->replay, "save", walks->save);
    if (said.seed && !said.walks)
        fail_usage("--seed goes with --walks");
    if (walks->save)
        file_check(walks->save);
    if (walks->json && walks->json[0])
        file_check(walks->json);
}

static void note_for_learner(const struct lab *lab)
{
    json_t *json = json_pack("{s:s}", "lab", lab->name);
    learner_note(json);
    json_decref(json);
}

void walks_begin(struct walks *walks, const struct lab *lab,
                 struct option_row *extra, size_t extras, int argc, char **argv)
{
    struct option_row all[MAX_OPTION_ROWS];
    said.preemptions = NOT_SAID;
    said.time_outs = walks->bounds.time_outs;
    said.spurious = walks->bounds.spurious;
    said.limit = LIMIT;
    const char **const into[] = {&walks->order, &walks->save, &walks->replay,
                                 &walks->json};
    memcpy(all, extra, extras * sizeof *extra);
    memcpy(all + extras, rows, sizeof rows);
    puzzle_rows(all + extras + ROWS, &walks->puzzle);
    for (size_t i = 0; i < 4; i++)
        all[extras + ROWS - 4 + i].into = into[i];
    lab_begin_with(lab, all, extras + ROWS + PUZZLE_ROWS, argc, argv);
    puzzle_options_check(all + extras + ROWS, &walks->puzzle);
    walks->lab = lab->name;
    describe(walks->of, lab, extra, extras);
    walks->preemptions_said = said.preemptions != NOT_SAID;
    if (walks->preemptions_said)
        walks->bounds.preemptions = (unsigned)said.preemptions;
    walks->bounds.time_outs = (unsigned)said.time_outs;
    walks->bounds.spurious = (unsigned)said.spurious;
    walks->bounds.executions = said.limit;
    walks->bounds.all_steps = ALL_STEPS;
    walks->bounds.more_steps = MORE_STEPS;
    walks->bounds.walks = said.walks;
    walks->bounds.seed = said.seed ? said.seed : 1;
    walks->bounds.all_failing = !said.walks;
    check_together(walks);
    note_for_learner(lab);
    screen_quiet(is_quiet(walks));
}

static void say_count(const struct orders_result *result)
{
    if (result->orders > (double)result->executions)
        screen_line("There are %.15g orders. %" PRIu64
                    " were walked; the others "
                    "only exchange steps that do not meet.",
                    result->orders, result->executions);
    else if (result->orders > 1)
        screen_line("There are %.0f orders, and all were walked.",
                    result->orders);
    else
        screen_line("There is one order.");
}

static void say_what_came(const struct walks *walks,
                          const struct orders_result *result)
{
    if (!virtual_sees_memory())
        screen_line("This is built with ThreadSanitizer: it sees no use of "
                    "memory, and so not all orders.");
    if (walks->bounds.walks)
        screen_line("%" PRIu64 " orders were walked at random, seed %" PRIu64
                    ". That is not all.",
                    result->executions, walks->bounds.seed);
    else if (!result->all)
        screen_line("%" PRIu64 " orders were walked, %" PRIu64
                    " steps. That is not all.",
                    result->executions, result->all_steps);
    else
        say_count(result);
    if (!result->fault)
        screen_line("No order fails.");
    else if (result->all && result->failing > 0)
        screen_line("%.0f fail. The shortest that does has %zu steps:",
                    result->failing, result->steps);
    else
        screen_line("The shortest of those that fail has %zu steps:",
                    result->steps);
}

static void save(const struct walks *walks,
                 const struct orders_subject *subject,
                 const struct orders_result *result)
{
    struct file_output output = file_create(walks->save);
    order_write(output.file, walks->of, subject, &walks->bounds, result);
    file_finish(&output);
}

static void write_json(const struct walks *walks,
                       const struct orders_subject *subject,
                       const struct orders_result *result)
{
    json_t *json = json_pack("{s:i, s:s, s:s}", "schema", 1, "lab", walks->lab,
                             "of", walks->of);
    json_t *walked = order_json(subject, &walks->bounds, result);
    json_object_update(json, walked);
    json_decref(walked);
    json_write(json, walks->json);
}

static int walk(const struct walks *walks, const struct orders_subject *subject)
{
    struct orders_result result;
    bool right = orders_walk(subject, &walks->bounds, &result);
    say_what_came(walks, &result);
    if (result.fault && !is_quiet(walks)) {
        char *text = order_text(result.step, result.steps);
        fputc('\n', stdout);
        columns_print(stdout, subject, &walks->bounds, &result);
        if (result.steps > 0)
            screen_line("\nFollow it: --order %s", text);
        free(text);
    }
    if (result.fault && walks->save)
        save(walks, subject, &result);
    if (walks->json)
        write_json(walks, subject, &result);
    orders_free(&result);
    finish_output();
    return right ? 0 : STATUS_FAILED;
}

static struct order read_order(const struct walks *walks)
{
    struct order order;
    const char *wrong;
    char error[300];
    if (walks->order && !order_parse(&order, walks->order, &wrong))
        fail_usage("--order: '%.40s' does not begin with a thread's number: "
                   "1,1,2,2t,1>2",
                   wrong);
    if (walks->order)
        return order;
    FILE *file = fopen(walks->replay, "r");
    if (!file)
        fail_usage("--replay %s: %s", walks->replay, strerror(errno));
    bool right = order_read(&order, file, walks->of, error, sizeof error);
    fclose(file);
    if (!right)
        fail_usage("--replay %s: %s", walks->replay, error);
    return order;
}

static int follow(const struct walks *walks,
                  const struct orders_subject *subject)
{
    struct order order = read_order(walks);
    struct orders_result result;
    struct orders_bounds bounds = walks->bounds;
    orders_follow(subject, &bounds, order.step, order.steps, NULL, NULL,
                  &result);
    if (result.fault == ORDERS_CANNOT)
        fail_usage("--%s: %s", walks->order ? "order" : "replay", result.text);
    result.step = order.step;
    result.steps = order.steps;
    if (walks->json)
        write_json(walks, subject, &result);
    if (!is_quiet(walks)) {
        columns_follow(stdout, subject, &bounds, order.step, order.steps,
                       &(struct orders_result){0});
        screen_line("\n%s", result.fault || *result.text
                                ? result.text
                                : "all have ended, and nothing is wrong");
    }
    orders_free(&result);
    finish_output();
    return result.fault ? STATUS_FAILED : 0;
}

int walks_run(const struct walks *walks, const struct orders_subject *subject)
{
    return walks->order || walks->replay ? follow(walks, subject)
                                         : walk(walks, subject);
}
