/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/walks.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/lab/learner.h"

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

static void check_together(const struct walks *walks)
{
    walks_exclude("order", walks->order, "replay", walks->replay);
    walks_exclude("order", walks->order, "walks", said.walks);
    walks_exclude("replay", walks->replay, "walks", said.walks);
    walks_exclude("order", walks->order, "save", walks->save);
    walks_exclude("replay", walks->replay, "save", walks->save);
    if (said.seed && !said.walks)
        fail_usage("--seed goes with --walks");
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
    walks->bounds.random_orders = said.walks;
    walks->bounds.seed = said.seed ? said.seed : 1;
    walks->bounds.all_failing = !said.walks;
    check_together(walks);
    walks->quiet = lab_outputs(&walks->json, "save", &walks->save);
    note_for_learner(lab);
}
