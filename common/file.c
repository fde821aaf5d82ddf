/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "fail.h"

FILE *file_create(const char *path)
{
    FILE *file = fopen(path, "w");
    if (!file)
        fail("cannot write %s: %s", path, strerror(errno));
    return file;
}

void file_finish(FILE *file, const char *path)
{
    errno = 0;
    bool lost = fflush(file) != 0 || ferror(file);
    int why = errno;
    if (fclose(file) != 0 && !lost) {
        lost = true;
        why = errno;
    }
    if (lost)
        fail("cannot write %s: %s", path,
             why ? strerror(why) : "an earlier write failed");
}
