/* SPDX-License-Identifier: MIT
 *
 * A wrong guess is often the right guess for another lab. What somebody seems
 * to have expected is computed from the guess and from what was measured. The
 * answer says where that is true.
 */
#ifndef LAB_MISCONCEPTION_H
#define LAB_MISCONCEPTION_H

#include "common/lab/options.h"
#include "common/run/tasks.h"

struct misconception {
    const char *belief; /* "You expected that ..." */
    const char *answer; /* a sentence that names a lab or a handout */
};

/* What the guess about `run`, the first of the lab called `lab`, tells; NULL if
 * it is right, or tells nothing that is known. Only for a run whose figures are
 * trusted (lab/trust.h). `measured_s` is of all its rounds together. */
const struct misconception *misconception_of(const char *lab,
                                             const struct run *run,
                                             const struct options *options,
                                             double measured_s);

#endif
