/* SPDX-License-Identifier: MIT */
#include "walked.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/virtual/columns.h"
#include "common/virtual/crashes.h"
#include "common/virtual/heap.h"
#include "common/virtual/image.h"
#include "common/virtual/order.h"
#include "common/virtual/silence.h"

enum {
    STEPS = 5000, /* of one order */
    MOST_COLUMNS = 4,
    MOST_TOLD = 1000, /* of one that can be replayed */
    ALL_STEPS = 400000,
    MORE_STEPS = 200000,
    FAULTS = ORDERS_CANNOT + 1,
    NAME_BYTES = 200
};

static const struct walked_exercise *exercise;
static struct image *image;

void walked_begin(void (*make)(void))
{
    image_restore(image);
    virtual_heap_owns_all(true);
    make();
    virtual_heap_owns_all(false);
}

static uint64_t guarded;

void walked_work(void)
{
    static const struct virtual_place here = {"what_the_lock_guards", 1};
    virtual_write(&guarded, sizeof guarded, here);
    guarded++;
}

static bool stands_still(const struct thread *thread);

/* Its turn has come in walked_when_still(). */
static bool turn_has_come(const struct thread *me)
{
    const struct threads *threads = orders_threads();
    const unsigned *count = me->point.second;
    if (*count < me->point.value)
        return false;
    for (size_t i = 0; i < threads->count; i++)
        if (threads->thread[i] != me && !stands_still(threads->thread[i]))
            return false;
    return true;
}

static bool stands_still(const struct thread *thread)
{
    return thread->ended || thread->point.ready == turn_has_come ||
           !orders_can_go(thread) || orders_spins(thread);
}

void walked_when_still(const char *text, const unsigned *count, unsigned least)
{
    virtual_me->point = (struct point){.kind = POINT_NOTE,
                                       .object = text,
                                       .second = count,
                                       .value = least,
                                       .until_ns = VIRTUAL_NEVER,
                                       .ready = turn_has_come};
    virtual_point();
    virtual_done();
}

static struct orders_bounds bounds_of(const struct walked_check *check)
{
    struct orders_bounds bounds = check->bounds;
    if (!bounds.steps)
        bounds.steps = STEPS;
    if (!bounds.all_steps)
        bounds.all_steps = ALL_STEPS;
    if (!bounds.more_steps)
        bounds.more_steps = MORE_STEPS;
    if (check->finds) {
        bounds.overlooks = ((1u << FAULTS) - 1) & ~check->finds &
                           ~(1u << ORDERS_CHANGES | 1u << ORDERS_CANNOT);
        bounds.no_races = !(check->finds & WALKED_FINDS_RACE);
    }
    return bounds;
}

static struct orders_subject subject_of(const struct walked_check *check)
{
    struct orders_subject subject = check->subject(check);
    subject.never_exits = true;
    return subject;
}

static const char *name_of(const struct walked_check *check, char *name)
{
    snprintf(name, NAME_BYTES, "%s: %s, %s", exercise->name, check->mode,
             check->name);
    return name;
}

/* A line of the report for each line of a text. */
static void report_lines(const char *key, char *text)
{
    char *rest, *line = strtok_r(text, "\n", &rest);
    for (; line; line = strtok_r(NULL, "\n", &rest))
        report(key, "%.390s", line);
}

static FILE *open_text(char **text, size_t *bytes)
{
    FILE *file = open_memstream(text, bytes);
    if (!file)
        fail("out of memory");
    return file;
}

static void report_fault(const struct walked_check *check,
                         const struct orders_subject *subject,
                         const struct orders_bounds *bounds,
                         const struct orders_result *result)
{
    static const char *const kinds[] = {
        [ORDERS_CHECK] = "check",   [ORDERS_STUCK] = "stuck",
        [ORDERS_MISUSE] = "misuse", [ORDERS_RACE] = "race",
        [ORDERS_SPINS] = "spins",   [ORDERS_ENDLESS] = "endless"};
    struct orders_result again;
    char *text = NULL, name[NAME_BYTES];
    size_t bytes;
    report("fault", "%s", kinds[result->fault]);
    report("text", "%s", result->text);
    if (subject->threads > MOST_COLUMNS)
        return; /* the text has to do */
    FILE *file = open_text(&text, &bytes);
    columns_follow(file, subject, bounds, result->step, result->steps, &again);
    fclose(file);
    report_lines("|", text);
    free(text);
    if (result->steps > MOST_TOLD)
        return;
    file = open_text(&text, &bytes);
    order_write(file, name_of(check, name), subject, bounds, result);
    fclose(file);
    report_lines("=", text);
    free(text);
}

/* True: nothing was found. */
static bool walk(const struct walked_check *check, uint64_t *orders, bool *all)
{
    struct orders_subject subject = subject_of(check);
    struct orders_bounds bounds = bounds_of(check);
    struct orders_result result;
    orders_walk(&subject, &bounds, &result);
    if (result.fault == ORDERS_CHANGES)
        report("unwalked", "%s", result.text);
    else if (result.fault)
        report_fault(check, &subject, &bounds, &result);
    *orders += result.executions;
    *all = *all && (result.all || check->bounds.executions);
    bool right = !result.fault;
    orders_free(&result);
    return right;
}

static void walk_mode(const char *mode)
{
    uint64_t orders = 0;
    bool all = true;
    bool known = false;
    for (size_t i = 0; i < exercise->checks; i++) {
        if (strcmp(exercise->check[i].mode, mode) != 0)
            continue;
        known = true;
        if (!walk(&exercise->check[i], &orders, &all))
            break;
    }
    if (!known && !exercise->count)
        fail_usage("%s has no walk '%s'", exercise->name, mode);
    report("orders", "%" PRIu64, orders);
    report("all", "%d", all);
}

/* NULL, or why the code cannot be walked. */
static const char *load(const struct harness *harness)
{
    image = image_new(exercise->load(harness));
    if (!image)
        return "this system does not tell where a program's variables are";
    if (image_shares_thread_locals(image))
        return "it has _Thread_local variables, which threads would share here";
    crashes_watch();
    return NULL;
}

static const struct walked_check *check_of(const char *line)
{
    char name[NAME_BYTES];
    for (size_t i = 0; i < exercise->checks; i++)
        if (strcmp(name_of(&exercise->check[i], name), line) == 0)
            return &exercise->check[i];
    return NULL;
}

/* The check that the order in this file is of, and the order. */
static const struct walked_check *read_order(const char *path,
                                             struct order *order)
{
    char line[NAME_BYTES + 20] = "", error[300];
    FILE *file = fopen(path, "r");
    if (!file)
        fail_usage("%s: %s", path, strerror(errno));
    if (!fgets(line, sizeof line, file))
        line[0] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    const char *name = strncmp(line, "order of ", 9) == 0 ? line + 9 : "";
    const struct walked_check *check = check_of(name);
    if (!check)
        fail_usage("%s: not an order of %s", path, exercise->name);
    rewind(file);
    if (!order_read(order, file, name, error, sizeof error))
        fail_usage("%s: %s", path, error);
    fclose(file);
    return check;
}

static int replay(const char *path, const char *student)
{
    struct order order;
    struct orders_result result;
    const struct walked_check *check = read_order(path, &order);
    struct harness harness = harness_for_people(student);
    const char *why_not = load(&harness);
    if (why_not)
        fail("%s cannot be walked: %s", exercise->name, why_not);
    FILE *out = fdopen(dup(STDOUT_FILENO), "w");
    if (!out)
        fail("no file: %s", strerror(errno));
    silence_begin();
    struct orders_subject subject = subject_of(check);
    struct orders_bounds bounds = bounds_of(check);
    columns_follow(out, &subject, &bounds, order.step, order.steps, &result);
    fprintf(out, "\n%s\n",
            result.fault ? result.text : "Nothing is wrong after these steps.");
    fclose(out);
    free(order.step);
    return result.fault == ORDERS_CANNOT ? STATUS_USAGE
           : result.fault                ? STATUS_FAILED
                                         : 0;
}

int walked_main(int argc, char **argv, const struct walked_exercise *of)
{
    exercise = of;
    fail_name(of->name);
    if (argc == 4 && strcmp(argv[1], "--replay") == 0)
        return replay(argv[2], argv[3]);
    struct harness harness = harness_load(argc, argv);
    const char *why_not = load(&harness);
    silence_begin();
    if (why_not)
        report("unwalked", "%s", why_not);
    else
        walk_mode(harness.mode);
    if (!why_not && exercise->count)
        exercise->count(&harness);
    harness_end();
}
