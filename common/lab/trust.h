/* SPDX-License-Identifier: MIT
 *
 * Does what was measured support a conclusion? A program that was denied the
 * processors may measure the reverse of what its lesson says. So every lab asks
 * here, once, when all its runs have ended.
 */
#ifndef LAB_TRUST_H
#define LAB_TRUST_H

#include <stdbool.h>

#include "common/run/rounds.h"

struct trust {
    bool trusted;
    char reason[120];   /* why not, with the figure */
    const char *advice; /* what to do about it */
};

/* Judge runs (NULL ends) and their ratio. They are not trusted if
 *   - the container may use less than one processor, or was stopped by its
 *     quota for more than 5 % of the time;
 *   - a run got less than 0.9 of the processor time that its tasks could have
 *     used: what they used, and waited for, within what the machine has;
 *   - the hypervisor took more than 5 % of the machine meanwhile;
 *   - the rounds differ by more than a third in `each`.
 * Runs that mostly wait or sleep are not asked for their processor time. */
struct trust trust_of(struct run *const *runs, const struct ratio *ratio);

#endif
