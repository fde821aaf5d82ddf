/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include "common/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fail.h"

static bool is_stdout(const char *path)
{
    return strcmp(path, "-") == 0;
}

/* A pipe or a device: opening it twice, or replacing it, would show. */
static bool is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

static bool same(const char *path, const char *other)
{
    struct stat one, two;
    return stat(path, &one) == 0 && stat(other, &two) == 0 &&
           one.st_dev == two.st_dev && one.st_ino == two.st_ino;
}

/* Open the file as if to write it, and leave everything as it was. Meanwhile:
 * is it the same as `other` (NULL: not asked)? Returns its path behind all
 * links, for free(): a link may lead to a file that is not there yet, so this
 * is known only while the file is there. */
static char *probe(const char *path, const char *other, bool *is_same)
{
    struct stat status;
    bool is_new = stat(path, &status) != 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    if (fd == -1)
        fail("cannot write %.400s: %s", path, strerror(errno));
    char *real = realpath(path, NULL);
    if (other)
        *is_same = same(path, other);
    close(fd);
    if (is_new)
        unlink(real ? real : path);
    return real;
}

void file_check(const char *path)
{
    if (!is_stdout(path) && !is_special(path))
        free(probe(path, NULL, NULL));
}

bool file_same(const char *path, const char *other)
{
    bool is_same = same(path, other);
    if (!is_same && !is_stdout(path) && !is_special(path))
        free(probe(path, other, &is_same));
    return is_same;
}

bool file_is_stdout(const char *path)
{
    struct stat one, two;
    return is_stdout(path) ||
           (stat(path, &one) == 0 && fstat(STDOUT_FILENO, &two) == 0 &&
            one.st_dev == two.st_dev && one.st_ino == two.st_ino);
}

/* A new file beside `path`, with the permissions that it would have there;
 * NULL where there can be none. */
static FILE *create_beside(const char *path, char **name)
{
    size_t size = strlen(path) + 8;
    *name = allocate(size, 1);
    snprintf(*name, size, "%s.XXXXXX", path);
    int fd = mkstemp(*name);
    if (fd == -1)
        return NULL;
    struct stat status;
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, stat(path, &status) == 0 ? status.st_mode & 0777
                                              : 0666 & ~mask);
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        unlink(*name);
    }
    return file;
}

struct file_output file_create(const char *path)
{
    struct file_output output = {.path = path};
    if (is_stdout(path)) {
        output.file = stdout;
        return output;
    }
    if (!is_special(path))
        output.real = probe(path, NULL, NULL);
    if (output.real) {
        output.file = create_beside(output.real, &output.temporary);
        if (output.file)
            return output;
        free(output.temporary); /* in place, if its folder takes no new file */
        output.temporary = NULL;
    }
    output.file = fopen(path, "w");
    if (!output.file)
        fail("cannot write %.400s: %s", path, strerror(errno));
    return output;
}

/* 0, or the errno that says why something was lost. */
static int close_output(FILE *file)
{
    int why = 0;
    errno = 0;
    if (fflush(file) != 0 || ferror(file))
        why = errno ? errno : EIO;
    if (file != stdout && fclose(file) != 0 && !why)
        why = errno;
    return why;
}

void file_finish(struct file_output *output)
{
    int why = close_output(output->file);
    if (!why && output->temporary &&
        rename(output->temporary, output->real) != 0)
        why = errno;
    if (why && output->temporary)
        unlink(output->temporary);
    free(output->temporary);
    free(output->real);
    if (why)
        fail("cannot write %.400s: %s", output->path, strerror(why));
}
