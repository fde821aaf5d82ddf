/* SPDX-License-Identifier: MIT
 *
 * Words for what a thread does at a point ("locks", "waits", "reads"), and for
 * how a wait ended.
 */
#ifndef VIRTUAL_WORDS_H
#define VIRTUAL_WORDS_H

#include <stdbool.h>

#include "common/virtual/threads.h"

/* Each kind has its own. */
const char *word_of(enum point_kind kind);

/* The kind that has this word. False: none. */
bool word_kind(const char *word, enum point_kind *kind);

/* "time is up", "no reason", or "" for a signal; and as a letter in an order:
 * "t", "n" or "". */
const char *word_of_woken(enum woken woken);
const char *letter_of_woken(enum woken woken);

#endif
