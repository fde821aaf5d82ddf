/* SPDX-License-Identifier: MIT
 *
 * policies LOCK THREADS ROUNDS PREEMPTIONS TIME_OUTS SPURIOUS [EXECUTIONS]:
 * the interpreter lock in every order, and with all that its policy promises.
 * Status 1: an order fails, or not all were walked.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/fail.h"
#include "common/virtual/names.h"

#include "common/gil/gil.h"
#include "common/virtual/columns.h"
#include "common/virtual/interpreter.h"

static unsigned number(const char *text)
{
    return (unsigned)atol(text);
}

int main(int argc, char **argv)
{
    if (argc < 7)
        fail_usage("policies LOCK THREADS ROUNDS PREEMPTIONS TIME_OUTS "
                   "SPURIOUS [EXECUTIONS]");
    const struct gil_policy *const *policy = gil_policies;
    while (*policy && strcmp((*policy)->name, argv[1]) != 0)
        policy++;
    if (!*policy)
        fail_usage("no such lock: %s", argv[1]);
    struct guests guests = interpreter_guests(*policy);
    guests.threads = number(argv[2]);
    guests.rounds = number(argv[3]);
    struct orders_bounds bounds = {.preemptions = number(argv[4]),
                                   .time_outs = number(argv[5]),
                                   .spurious = number(argv[6]),
                                   .executions = argc > 7 ? number(argv[7]) : 0,
                                   .no_rescue = true,
                                   .no_reduction = getenv("NO_REDUCTION")};
    struct orders_subject subject = guests_subject(&guests);
    struct orders_result result;
    bool right = orders_walk(&subject, &bounds, &result);
    columns_print(stdout, &subject, &bounds, &result);
    printf("%s: %.0f orders, %" PRIu64 " walked%s\n", argv[1], result.orders,
           result.executions, result.all ? "" : ", not all");
    orders_free(&result);
    return right ? 0 : STATUS_FAILED;
}
