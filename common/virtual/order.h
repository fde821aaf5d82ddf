/* SPDX-License-Identifier: MIT
 *
 * An order of steps as text. On the command line: "1x3,2,2t,1>3,3n".
 *
 *     2      thread 2 goes on
 *     2x4    four times
 *     2t     its wait ends, because the time is up
 *     2n     its wait ends for no reason
 *     1>3    thread 1 signals, and that wakes thread 3
 *
 * In a file: what it is an order of, and a line for each step, with what the
 * thread does there and where:
 *
 *     order of walk bad.c
 *     # nobody can go on: ...
 *     1     locks        bad.c:12
 *     1>3   signals      bad.c:20
 *
 * So an order that is followed in code that has changed is found out.
 */
#ifndef VIRTUAL_ORDER_H
#define VIRTUAL_ORDER_H

#include <stdio.h>

#include "common/virtual/orders.h"

struct order {
    struct orders_step *step; /* for free() */
    size_t steps;
};

/* Read "1x3,2,2t". False: the word at *wrong is none of an order's. */
bool order_parse(struct order *order, const char *text, const char **wrong);

/* "1x3,2,2t", for free(). */
char *order_text(const struct orders_step *step, size_t steps);

/* Follow the order of the result once more, and write it to a file. */
void order_write(FILE *file, const char *of, const struct orders_subject *,
                 const struct orders_bounds *, const struct orders_result *);

/* Read such a file, which is an order of the same. What is wrong with it is
 * said in `error`, one line; false. */
bool order_read(struct order *order, FILE *file, const char *of, char *error,
                size_t error_bytes);

#endif
