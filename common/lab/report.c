/* SPDX-License-Identifier: MIT */
#include "common/lab/report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/file.h"
#include "common/base/number.h"
#include "common/base/portable.h"
#include "common/lab/json.h"
#include "common/lab/learner.h"
#include "common/lab/misconception.h"
#include "common/lab/screen.h"
#include "common/lab/table.h"
#include "common/lab/trace.h"
#include "common/lab/trust.h"

enum {
    WIDTH = 80, /* of a line */
};

static bool downloads(const struct report *report)
{
    return report->source.url != NULL;
}

/* What the lab compares, or the first run with the serial one. */
static void find_compared(struct report *report)
{
    for (size_t i = 1; report->run[0] && report->run[i] && !report->over; i++) {
        if (strcmp(report->run[i]->name, "serial") != 0)
            continue;
        report->over = report->run[0];
        report->under = report->run[i];
    }
}

/* What the runs come to. It is found out once, for people and for the JSON. */
struct verdict {
    struct ratio ratio; /* of what is compared, if anything is */
    struct trust trust;
    double measured_s;                 /* what was predicted; 0: nothing was */
    const struct misconception *wrong; /* what a wrong guess tells, or NULL */
};

static struct verdict verdict_of(const struct report *report)
{
    struct verdict verdict = {.trust = {.trusted = true}};
    const struct run *first = report->run[0];
    if (report->over)
        verdict.ratio = rounds_ratio(report->over, report->under);
    if (!report->virtual_processors) /* a virtual machine is never busy */
        verdict.trust = trust_of(report->run, &verdict.ratio);
    if (!report->options->prediction.text[0] || first->failed)
        return verdict;
    verdict.measured_s = rounds_time(first).wall_s;
    if (verdict.trust.trusted)
        verdict.wrong = misconception_of(report->lab->name, first,
                                         report->options, verdict.measured_s);
    return verdict;
}

/* Text from outside, as an address, need not be the UTF-8 that JSON is. */
static json_t *json_text(const char *text)
{
    json_t *json = json_string(text);
    if (json)
        return json;
    char *plain = allocate(strlen(text) + 1, 1);
    strcpy(plain, text);
    for (char *byte = plain; *byte; byte++)
        if ((unsigned char)*byte >= 0x80)
            *byte = '?';
    json = json_string(plain);
    free(plain);
    return json;
}

static const char *const spent_names[SPENT_KINDS] = {
    [LANE_RUNS] = "runs",    [LANE_HOLDS] = "holds",   [LANE_WAITS] = "waits",
    [LANE_IO] = "io",        [LANE_SLEEPS] = "sleeps", [LANE_PYTHON] = "python",
    [SPENT_READY] = "ready",
};

static void json_spent(json_t *json, const struct spent *spent)
{
    if (!spent->known)
        return;
    int percent[SPENT_KINDS];
    spent_percent(spent, percent);
    json_t *shares = json_object();
    for (int kind = 0; kind < SPENT_KINDS; kind++)
        if (percent[kind])
            json_object_set_new(shares, spent_names[kind],
                                json_integer(percent[kind]));
    json_object_set_new(json, "spent", shares);
}

static struct spent all_spent(const struct run *run)
{
    struct spent all = run->task[0].spent;
    for (size_t i = 1; i < run->tasks; i++)
        spent_add(&all, &run->task[i].spent);
    return all;
}

static json_t *json_task(const struct report *report, const struct task *task)
{
    json_t *json = json_pack("{s:f}", "wall_s", task->time.wall_s);
    if (task->time.cpu_s >= 0)
        json_object_set_new(json, "cpu_s", json_real(task->time.cpu_s));
    if (task->error[0]) {
        json_object_set_new(json, "error", json_text(task->error));
    } else if (downloads(report)) {
        json_object_set_new(json, "bytes",
                            json_integer((json_int_t)task->result));
    } else if (report->count) {
        char sum[24];
        snprintf(sum, sizeof sum, "%" PRIu64, task->result);
        json_object_set_new(json, "result", json_string(sum));
    }
    json_spent(json, &task->spent);
    return json;
}

static json_int_t nearest(double value)
{
    return (json_int_t)(value < 0 ? value - 0.5 : value + 0.5);
}

/* Whole numbers stay whole, and are rounded as in the table. */
static json_t *json_figure(const struct figure *figure)
{
    if (figure->text)
        return json_string(figure->text);
    if (figure->is_flag)
        return json_boolean(figure->value != 0);
    return figure->decimals ? json_real(figure->value)
                            : json_integer(nearest(figure->value));
}

static json_t *json_round(const struct round *round)
{
    return json_pack("{s:f, s:f, s:f, s:f}", "each_s", round->each_s, "total_s",
                     round->time.wall_s, "cpu_s", round->time.cpu_s,
                     "cpu_per_wall", cpu_per_wall(&round->time));
}

/* Percent of the processors' time that others had during a run, or that a quota
 * denied. */
struct others {
    int programs;
    int hypervisor;
    int quota;
};

static struct others others_of(const struct run *run)
{
    struct elapsed time = rounds_time(run);
    double percent = 100 / (time.wall_s * processors());
    double busy_s = (double)run->machine.busy_ns / 1e9 - time.cpu_s;
    double stolen_s = (double)run->machine.stolen_ns / 1e9;
    double throttled_s = (double)run->machine.throttled_ns / 1e9;
    return (struct others){busy_s > 0 ? (int)(busy_s * percent + 0.5) : 0,
                           (int)(stolen_s * percent + 0.5),
                           (int)(throttled_s * percent + 0.5)};
}

static json_t *json_run(const struct report *report, const struct run *run)
{
    json_t *json = json_pack("{s:s}", "name", run->name);
    if (run->lock)
        json_object_set_new(json, "lock", json_string(run->lock));
    json_object_set_new(json, "total_s", json_real(run->time.wall_s));
    json_object_set_new(json, "cpu_s", json_real(run->time.cpu_s));
    json_object_set_new(json, "cpu_per_wall",
                        json_real(cpu_per_wall(&run->time)));
    unsigned at_once = at_once_most(&run->at_once);
    if (at_once)
        json_object_set_new(json, "at_once", json_integer(at_once));
    for (size_t i = 0; i < run->figures; i++)
        if (run->figure[i].field)
            json_object_set_new(json, run->figure[i].field,
                                json_figure(&run->figure[i]));
    struct spent spent = all_spent(run);
    json_spent(json, &spent);
    if (run->machine.busy_ns) {
        struct others others = others_of(run);
        json_object_set_new(
            json, "machine",
            json_pack("{s:i, s:i, s:i}", "others", others.programs, "stolen",
                      others.hypervisor, "throttled", others.quota));
    }
    if (run->rounds) {
        json_t *rounds = json_array();
        for (size_t i = 0; i < run->rounds; i++)
            json_array_append_new(rounds, json_round(&run->round[i]));
        json_object_set_new(json, "rounds", rounds);
    }
    json_t *tasks = json_array();
    for (size_t i = 0; i < run->tasks; i++)
        json_array_append_new(tasks, json_task(report, &run->task[i]));
    json_object_set_new(json, "task", tasks);
    return json;
}

static void json_source(json_t *json, const struct source *source)
{
    static const char *const field[] = {"bytes_per_task", "rate_bytes_per_s",
                                        "link_bytes_per_s"};
    uint64_t value[] = {source->bytes, source->rate_bytes_s,
                        source->link_bytes_s};
    for (size_t i = 0; i < 3; i++)
        if (value[i])
            json_object_set_new(json, field[i],
                                json_integer((json_int_t)value[i]));
    json_object_set_new(json, "url", json_text(source->url));
}

static void json_prediction(json_t *parent, const struct report *report,
                            const struct verdict *verdict)
{
    const struct prediction *prediction = &report->options->prediction;
    double measured_s = verdict->measured_s;
    if (measured_s <= 0)
        return;
    json_t *json =
        json_pack("{s:s, s:f, s:f, s:f}", "text", prediction->text,
                  "expected_s", prediction->expected_s, "measured_s",
                  measured_s, "factor", measured_s / prediction->expected_s);
    if (prediction->task_s > 0)
        json_object_set_new(json, "task_s", json_real(prediction->task_s));
    const struct misconception *wrong = verdict->wrong;
    if (wrong) {
        json_object_set_new(json, "belief", json_string(wrong->belief));
        json_object_set_new(json, "answer", json_string(wrong->answer));
    }
    json_object_set_new(parent, "prediction", json);
}

static json_t *json_ratio(const struct ratio *ratio)
{
    return json_pack(
        "{s:f, s:f, s:f, s:f, s:f, s:f, s:I}", "each", ratio->each.median,
        "total", ratio->total.median, "each_least", ratio->each.least,
        "each_most", ratio->each.most, "total_least", ratio->total.least,
        "total_most", ratio->total.most, "rounds", (json_int_t)ratio->rounds);
}

static json_t *json_report(const struct report *report,
                           const struct verdict *verdict)
{
    unsigned virtual = report->virtual_processors;
    double cpus = virtual ? virtual : processors();
    json_t *json =
        json_pack("{s:i, s:s}", "schema", 1, "lab", report->lab->name);
    bool whole = cpus == (double)(int)cpus;
    json_object_set_new(json, "cpus",
                        whole ? json_integer((int)cpus) : json_real(cpus));
    json_object_set_new(json, "smt",
                        json_boolean(!virtual && processors_share_core()));
    json_object_set_new(json, "tasks",
                        json_integer((json_int_t)report->options->tasks));
    if (report->count)
        json_object_set_new(json, "count",
                            json_integer((json_int_t)report->count));
    if (downloads(report))
        json_source(json, &report->source);
    json_t *runs = json_array();
    for (struct run *const *run = report->run; *run; run++)
        json_array_append_new(runs, json_run(report, *run));
    json_object_set_new(json, "runs", runs);
    if (verdict->ratio.rounds)
        json_object_set_new(json, "ratio", json_ratio(&verdict->ratio));
    json_object_set_new(json, "trusted", json_boolean(verdict->trust.trusted));
    if (!verdict->trust.trusted)
        json_object_set_new(json, "reason", json_text(verdict->trust.reason));
    json_prediction(json, report, verdict);
    if (report->extend)
        report->extend(json, report->with);
    return json;
}

static void print_ratio(const struct report *report, const struct ratio *ratio)
{
    const struct spread *each = &ratio->each, *total = &ratio->total;
    printf("%s / %s: each %.2f", report->over->name, report->under->name,
           each->median);
    if (ratio->rounds > 1)
        printf(" (%.2f-%.2f), total %.2f (%.2f-%.2f), %zu rounds\n",
               each->least, each->most, total->median, total->least,
               total->most, ratio->rounds);
    else if (strcmp(report->under->name, "serial") == 0)
        printf(", total %.2f (speed-up %.2f)\n", total->median,
               1 / total->median);
    else
        printf(", total %.2f\n", total->median);
}

/* Where a run's time went, in percent that add up to 100. */
static void print_spent(const struct run *run)
{
    static const char *const words[SPENT_KINDS] = {
        [LANE_RUNS] = "runs",
        [LANE_HOLDS] = "holds the lock",
        [LANE_WAITS] = "waits for it",
        [LANE_IO] = "waits for I/O",
        [LANE_SLEEPS] = "sleeps",
        [LANE_PYTHON] = "in CPython",
        [SPENT_READY] = "waits for a processor",
    };
    int percent[SPENT_KINDS];
    struct spent spent = all_spent(run);
    spent_percent(&spent, percent);
    int column = 0;
    for (int kind = 0; kind < SPENT_KINDS; kind++) {
        char share[40];
        if (!percent[kind])
            continue;
        int wide = snprintf(share, sizeof share, " %s %d %%", words[kind],
                            percent[kind]);
        if (column == 0)
            column = printf("%s:", run->label ? run->label : run->name);
        else if (column + wide + 1 < WIDTH)
            column += printf(",");
        else
            column = printf(",\n   ") - 2;
        column += printf("%s", share);
    }
    if (column)
        putchar('\n');
}

static void print_processors(const struct report *report)
{
    unsigned virtual = report->virtual_processors;
    char all[40];
    number_of(all, sizeof all, virtual ? virtual : processors(), 6,
              virtual ? "virtual processor" : "processor");
    if (virtual)
        printf("%s; all seconds are virtual\n", all);
    else
        printf("%s may be used%s\n", all,
               processors_share_core()
                   ? ", some of them threads of one core (SMT)"
                   : "");
}

static void print_notes(const struct report *report,
                        const struct verdict *verdict)
{
    for (struct run *const *run = report->run; *run; run++)
        print_spent(*run);
    print_processors(report);
    if (verdict->ratio.rounds)
        print_ratio(report, &verdict->ratio);
    if (!verdict->trust.trusted)
        printf("%s\n%s\n", verdict->trust.reason, verdict->trust.advice);
    if (verdict->measured_s > 0)
        prediction_print(&report->options->prediction, verdict->measured_s);
    const struct misconception *wrong = verdict->wrong;
    if (wrong)
        printf("You expected that %s.\n%s\n", wrong->belief, wrong->answer);
}

/* For `make progress`: that it was run, and what came of the guess. */
static void note_for_learner(const struct report *report,
                             const struct verdict *verdict)
{
    json_t *json = json_pack("{s:s, s:b}", "lab", report->lab->name, "trusted",
                             verdict->trust.trusted);
    json_prediction(json, report, verdict);
    learner_note(json);
    json_decref(json);
}

/* One line for all that failed: how many, and the first one's reason. */
static int complain_of_failures(const struct report *report)
{
    size_t failed = 0;
    size_t tasks = 0;
    const struct task *first = NULL;
    for (struct run *const *run = report->run; *run; run++) {
        tasks += (*run)->tasks;
        failed += (*run)->failed;
        for (size_t i = 0; i < (*run)->tasks && !first; i++)
            if ((*run)->task[i].error[0])
                first = &(*run)->task[i];
    }
    if (!first)
        return 0;
    if (failed == 1)
        complain("task %u of %zu failed: %s", first->number, tasks,
                 first->error);
    else
        complain("%zu of %zu tasks failed, task %u: %s", failed, tasks,
                 first->number, first->error);
    return STATUS_FAILED;
}

int report_finish(struct report *report)
{
    find_compared(report);
    struct verdict verdict = verdict_of(report);
    const char *json = report->options->json;
    const char *trace = report->options->trace;
    bool json_is_output = json && !json[0];
    bool trace_is_output = trace && strcmp(trace, "-") == 0;
    if (!json_is_output && !trace_is_output) {
        table_print(report->run, report->lab->document);
        print_notes(report, &verdict);
    }
    if (json)
        json_write(json_report(report, &verdict), json);
    if (trace)
        trace_write(trace, report->run);
    int status = complain_of_failures(report);
    if (status == 0)
        note_for_learner(report, &verdict);
    for (struct run *const *run = report->run; *run; run++)
        run_free(*run);
    finish_output();
    return status;
}
