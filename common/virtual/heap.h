/* SPDX-License-Identifier: MIT
 *
 * What a run allocates. A run that is cut short frees nothing itself: all that
 * it allocated is freed before the next one. What it does free stays away until
 * then, so that no address is used for two things.
 *
 * Outside a run these are the functions that they are named after.
 */
#ifndef VIRTUAL_HEAP_H
#define VIRTUAL_HEAP_H

#include <stdbool.h>
#include <stddef.h>

#include "common/virtual/place.h"

enum {
    VIRTUAL_MOST_SEEN = 4096 /* bytes that are seen where all are used */
};

void *virtual_malloc(size_t bytes);
void *virtual_calloc(size_t count, size_t bytes);
void *virtual_aligned(size_t alignment, size_t bytes);
void *virtual_realloc(void *memory, size_t bytes);

/* To free memory is to write to all of it: a race with whoever uses it. */
void virtual_free(void *memory);

/* Is any of these bytes in a block of the run that has been freed? That can
 * only be where there are such blocks. */
extern size_t virtual_heap_freed_blocks;
bool virtual_heap_freed(const volatile void *memory, size_t bytes);

/* From now on what is allocated outside the threads belongs to the run as well;
 * or no longer. */
void virtual_heap_owns_all(bool all);

/* The run is over. */
void virtual_heap_clear(void);

#endif
