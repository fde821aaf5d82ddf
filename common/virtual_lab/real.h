/* SPDX-License-Identifier: MIT
 *
 * The same tasks on this machine, for comparison: the two launchers of lab 05.
 */
#ifndef VIRTUAL_LAB_REAL_H
#define VIRTUAL_LAB_REAL_H

#include "common/gil/gil.h"
#include "common/run/tasks.h"
#include "common/virtual/machine.h"

/* Let the machine be like this one: wake-ups and additions under such a lock.
 * Measures for a second. */
void real_describe(struct machine_config *machine,
                   const struct gil_config *lock);

/* The runs "real_threads" and "real_serial", checked. */
void real_run(struct run *threads, struct run *serial,
              const struct gil_config *lock, uint64_t tasks,
              uint64_t additions);

/* One line: each, total and hand-offs, virtual over real. */
void real_compare(const struct run *threads, const struct run *real);

#endif
