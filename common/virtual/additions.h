/* SPDX-License-Identifier: MIT
 *
 * The counting of common/run/count.h on the machine of machine.h.
 */
#ifndef VIRTUAL_ADDITIONS_H
#define VIRTUAL_ADDITIONS_H

#include <stdint.h>

#include "common/gil/gil.h"
#include "common/virtual/machine.h"

/* Make the additions from..to-1, with a checkpoint after each; `me` holds the
 * lock. Returns their sum. A checkpoint at which nothing can happen is no step
 * of its own: the thread is busy up to the next that matters. */
uint64_t additions_python(uint64_t from, uint64_t to, struct gil_thread *me);

/* How many of them a thread makes in `ns` when it is alone under such a lock,
 * on such a machine. */
uint64_t additions_in(int64_t ns, const struct gil_config *lock,
                      const struct machine_config *machine);

#endif
