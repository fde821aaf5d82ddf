/* SPDX-License-Identifier: MIT
 *
 * The interpreter lock (common/gil) with guests: its own files, unchanged, in
 * every order of their steps.
 *
 *     struct guests guests = interpreter_guests(&virtual_gil_interval);
 *     guests.threads = 2;
 *     struct orders_subject subject = guests_subject(&guests);
 *
 * `interval` promises all that guests.h knows but an order. `ticks` and `mutex`
 * only let one thread in. `none` promises nothing.
 */
#ifndef VIRTUAL_INTERPRETER_H
#define VIRTUAL_INTERPRETER_H

#include "common/virtual/guests.h"

struct gil_policy;

/* 2 threads, 2 rounds, 1 checkpoint, on a lock with this policy. */
struct guests interpreter_guests(const struct gil_policy *policy);

#endif
