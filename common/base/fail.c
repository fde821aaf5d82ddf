/* SPDX-License-Identifier: MIT */
#include "common/base/fail.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/lab/screen.h"

static const char *program = "gil-labs";

void fail_name(const char *name)
{
    program = name;
}

/* One fprintf a line, so that two threads' lines do not mix; one line, whatever
 * an option's value or a server's answer has in it. */
static void say(const char *format, va_list args)
{
    char message[1024];
    vsnprintf(message, sizeof message, format, args);
    for (char *byte = message; *byte; byte++)
        if (iscntrl((unsigned char)*byte))
            *byte = '?';
    screen_restore();
    fprintf(stderr, "%s: %s\n", program, message);
}

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    exit(STATUS_FAILED);
}

void fail_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    exit(STATUS_USAGE);
}

void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        fail("out of memory: %zu items of %zu bytes", count, size);
    return memory;
}
