/* SPDX-License-Identifier: MIT
 *
 * Files that the user named: created, written, and checked to be whole. The
 * program fails, naming the file and the reason, where that is not possible.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdio.h>

/* Can it be written? Asked before a run, so that none is measured in vain. */
void file_check(const char *path);

FILE *file_create(const char *path);

/* Close it; fails if anything written to it was lost. */
void file_finish(FILE *file, const char *path);

#endif
