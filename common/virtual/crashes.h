/* SPDX-License-Identifier: MIT
 *
 * A program that is walked may crash, or compute for ever without a point at
 * which the walk could take over. Both are found out: the order fails, and the
 * walk goes on.
 */
#ifndef VIRTUAL_CRASHES_H
#define VIRTUAL_CRASHES_H

#include "common/virtual/place.h"

/* From now on. */
void crashes_watch(void);

/* The running thread cannot go on: the order fails, with this text. */
_Noreturn void crashes_end(const char *text, struct virtual_place here);

#endif
