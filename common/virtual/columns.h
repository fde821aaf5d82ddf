/* SPDX-License-Identifier: MIT
 *
 * An order of steps as people read it: one column a thread, one line a step,
 * with the line of the source that it is in:
 *
 *          thread 1      thread 2      x.c
 *       1  locks                         12  pthread_mutex_lock(&mutex);
 *       2                reads           20  seen = counter;
 */
#ifndef VIRTUAL_COLUMNS_H
#define VIRTUAL_COLUMNS_H

#include <stdio.h>

#include "common/virtual/orders.h"

/* Say what is wrong, follow the order that shows it once more, and print it.
 * Nothing if all is right. */
void columns_print(FILE *out, const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_result *result);

/* Follow and print any order, as far as it can be followed. `result` says what
 * it came to. True: no fault. */
bool columns_follow(FILE *out, const struct orders_subject *subject,
                    const struct orders_bounds *bounds,
                    const struct orders_step *step, size_t steps,
                    struct orders_result *result);

#endif
