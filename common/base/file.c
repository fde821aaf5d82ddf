/* SPDX-License-Identifier: MIT */
#include "common/base/file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/fail.h"

void file_check(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
        !S_ISDIR(status.st_mode))
        return; /* a pipe or a device: opening it twice would show */
    FILE *file = fopen(path, "a");
    if (file)
        fclose(file);
    else
        fail("cannot write %s: %s", path, strerror(errno));
}

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
