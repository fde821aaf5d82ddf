/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/walks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/base/file.h"
#include "common/base/number.h"
#include "common/lab/json.h"
#include "common/lab/screen.h"
#include "common/virtual/columns.h"
#include "common/virtual/order.h"
#include "common/virtual_lab/order_json.h"

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
    char walked[40], steps[40];
    number_of(walked, sizeof walked, (double)result->executions, 15, "order");
    if (walks->bounds.random_orders)
        screen_line("Walked at random: %s, seed %" PRIu64 ". That is not all.",
                    walked, walks->bounds.seed);
    else if (!result->all)
        screen_line("Walked: %s, %" PRIu64 " steps. That is not all.", walked,
                    result->all_steps);
    else
        say_count(result);
    number_of(steps, sizeof steps, (double)result->steps, 15, "step");
    if (!result->fault)
        screen_line("No order fails.");
    else if (result->all && result->failing > 0)
        screen_line("%.0f fail%s. The shortest that does has %s:",
                    result->failing, result->failing > 1 ? "" : "s", steps);
    else
        screen_line("The shortest of those that fail has %s:", steps);
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
    if (result.fault && !walks->quiet) {
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
    if (!walks->quiet) {
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
