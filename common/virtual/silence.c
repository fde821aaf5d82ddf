/* SPDX-License-Identifier: MIT */
#include "common/virtual/silence.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "common/base/fail.h"

static int nowhere = -1, output, errors; /* descriptors */

static void show(const char *line, bool last)
{
    (void)last;
    silence_end();
    fputs(line, stderr);
}

/* What is still in the buffer belongs to where it was printed. */
static void print_to(int out, int err)
{
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
}

void silence_begin(void)
{
    if (nowhere == -1) {
        nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
        output = dup(STDOUT_FILENO);
        errors = dup(STDERR_FILENO);
        fail_print_with(show);
    }
    print_to(nowhere, nowhere);
}

void silence_end(void)
{
    print_to(output, errors);
}
