/* SPDX-License-Identifier: MIT */
#include "common/base/fail.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_plainly(const char *line, bool last)
{
    (void)last;
    fputs(line, stderr);
}

static const char *program = "gil-labs";
static void (*print)(const char *line, bool last) = print_plainly;

void fail_name(const char *name)
{
    program = name;
}

void fail_print_with(void (*print_line)(const char *line, bool last))
{
    print = print_line;
}

void format_cut(char *text, size_t size, const char *format, va_list args)
{
    static const char gap[] = "...";
    va_list again;
    va_copy(again, args);
    size_t length = (size_t)vsnprintf(text, size, format, args);
    char *whole = length < size ? NULL : malloc(length + 1);
    if (whole) {
        size_t begin = size / 4;
        size_t end = size - begin - sizeof gap;
        vsnprintf(whole, length + 1, format, again);
        memcpy(text + begin, gap, sizeof gap - 1);
        memcpy(text + begin + sizeof gap - 1, whole + length - end, end + 1);
        free(whole);
    }
    va_end(again);
}

/* One line, whatever an option's value or a server's answer has in it. */
static void say(const char *format, va_list args, bool last)
{
    char message[1024];
    char line[sizeof message + 64];
    format_cut(message, sizeof message, format, args);
    for (char *byte = message; *byte; byte++)
        if (iscntrl((unsigned char)*byte))
            *byte = '?';
    snprintf(line, sizeof line, "%.60s: %s\n", program, message);
    print(line, last);
}

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args, false);
    va_end(args);
}

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args, true);
    va_end(args);
    exit(STATUS_FAILED);
}

void fail_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args, true);
    va_end(args);
    exit(STATUS_USAGE);
}

static void *there(void *memory, uint64_t count, size_t size)
{
    if (!memory)
        fail("out of memory: %" PRIu64 " items of %zu bytes", count, size);
    return memory;
}

void *allocate(uint64_t count, size_t size)
{
    void *memory =
        count <= SIZE_MAX ? calloc(count ? (size_t)count : 1, size) : NULL;
    return there(memory, count, size);
}

void *reallocate(void *memory, uint64_t count, size_t size)
{
    void *larger =
        count <= SIZE_MAX / size ? realloc(memory, (size_t)count * size) : NULL;
    return there(larger, count, size);
}

void *allocate_aligned(uint64_t count, size_t size)
{
    void *memory = count <= SIZE_MAX / size
                       ? aligned_alloc(64, (size_t)count * size)
                       : NULL;
    return memset(there(memory, count, size), 0, (size_t)count * size);
}
