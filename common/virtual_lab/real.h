/* SPDX-License-Identifier: MIT
 *
 * The same tasks on this machine, for comparison: the two launchers of lab 05.
 */
#ifndef VIRTUAL_LAB_REAL_H
#define VIRTUAL_LAB_REAL_H

#include <stdint.h>

#include "common/gil/gil.h"
#include "common/lab/options.h"
#include "common/run/tasks.h"
#include "common/virtual/machine.h"

/* Make run[0] "real_threads" and run[1] "real_serial", checked: five rounds of
 * each. The seconds of the options are divided among them, as in lab 05. Let
 * the machine be like this one: its wake-ups, and additions under such a lock,
 * are measured before each round and each run, because a machine's speed
 * drifts. That takes some two seconds. Returns how many additions a task made.
 */
uint64_t real_run(struct run *run, struct machine_config *machine,
                  const struct gil_config *lock, const struct options *options);

/* One line: each, total and hand-offs, virtual over real. */
void real_compare(const struct run *threads, const struct run *real);

#endif
