/* SPDX-License-Identifier: MIT */
#include "common/virtual_lab/order_json.h"

#include <stdlib.h>

#include "common/virtual/order.h"
#include "common/virtual/words.h"

static void add_step(void *with, const struct thread *thread,
                     const struct orders_step *step)
{
    char place[300];
    bool noted = thread->point.kind == POINT_NOTE;
    if (!step)
        return;
    json_array_append_new(
        with,
        json_pack(
            "{s:i, s:s, s:s, s:s}", "thread", (int)thread->number, "does",
            noted ? (const char *)thread->point.object
                  : word_of(thread->point.kind),
            "how", word_of_woken((enum woken)step->woken), "place",
            noted ? "" : place_text(thread->point.place, place, sizeof place)));
}

/* The order that the result has. */
static void add_order(json_t *json, const struct orders_subject *subject,
                      const struct orders_bounds *bounds,
                      const struct orders_result *result)
{
    struct orders_result again;
    json_t *steps = json_array();
    char *text = order_text(result->step, result->steps);
    orders_follow(subject, bounds, result->step, result->steps, add_step, steps,
                  &again);
    json_object_set_new(json, "order", json_string(text));
    json_object_set_new(json, "steps", steps);
    free(text);
}

json_t *order_json(const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_result *result)
{
    json_t *json =
        json_pack("{s:i, s:i, s:i, s:i, s:I}", "threads", (int)subject->threads,
                  "preemptions", (int)bounds->preemptions, "time_outs",
                  (int)bounds->time_outs, "spurious", (int)bounds->spurious,
                  "walked", (json_int_t)result->executions);
    if (bounds->random_orders)
        json_object_set_new(json, "seed",
                            json_integer((json_int_t)bounds->seed));
    else
        json_object_set_new(json, "all", json_boolean(result->all));
    if (result->all && result->orders > 0) {
        json_object_set_new(json, "orders", json_real(result->orders));
        json_object_set_new(json, "failing", json_real(result->failing));
    }
    if (result->fault)
        json_object_set_new(json, "shows", json_string(result->text));
    else if (*result->text)
        json_object_set_new(json, "next", json_string(result->text));
    if (result->step)
        add_order(json, subject, bounds, result);
    return json;
}
