/* SPDX-License-Identifier: MIT
 *
 * Files that the user named. A file is written under another name in the same
 * folder, and gets its own name when it is whole. So a full disk leaves what
 * was there before. Where something is not possible the program fails, and
 * names the file and the reason.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct file_output {
    FILE *file;
    const char *path;
    char *real;      /* the path behind all links */
    char *temporary; /* NULL: written in place, as a device or a pipe is */
};

/* Can it be written? Asked before a run, so that none is measured in vain.
 * Changes nothing. */
void file_check(const char *path);

/* Are both the same file, whatever they are called? */
bool file_same(const char *path, const char *other);

/* Is it what standard output goes to? */
bool file_is_stdout(const char *path);

/* Begin to write; `path` must outlive it. "-" is standard output. */
struct file_output file_create(const char *path);

/* End it; fails, and leaves nothing half written, if anything was lost. */
void file_finish(struct file_output *output);

#endif
