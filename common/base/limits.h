/* SPDX-License-Identifier: MIT
 *
 * The limit on open file descriptors: 1,024 on most systems, 256 on macOS, but
 * a process may raise its own up to a hard limit.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stdint.h>

/* Make sure of `need` descriptors for `many` of `what` ("downloads at once");
 * fails where the hard limit does not allow it. */
void allow_descriptors(uint64_t need, uint64_t many, const char *what);

#endif
