/* SPDX-License-Identifier: MIT
 *
 * A word for what a thread does at a point: "locks", "waits", "reads".
 */
#ifndef VIRTUAL_WORDS_H
#define VIRTUAL_WORDS_H

#include <stdbool.h>

#include "common/virtual/threads.h"

/* Each kind has its own. */
const char *word_of(enum point_kind kind);

/* The kind that has this word. False: none. */
bool word_kind(const char *word, enum point_kind *kind);

#endif
