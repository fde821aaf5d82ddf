/* SPDX-License-Identifier: MIT
 *
 * One way to say what went wrong: one line on standard error that begins with
 * the program's name, and the kit's exit statuses.
 */
#ifndef BASE_FAIL_H
#define BASE_FAIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    STATUS_FAILED = 1, /* the run failed: no connection, no thread, no disk */
    STATUS_USAGE = 2,  /* the command line was wrong; nothing was started */
};

/* The name that messages begin with; `name` must outlive the program. */
void fail_name(const char *name);

/* How a line gets to standard error; without it, by fputs(). A lab that paints
 * progress there sets this, so that no message is painted over. `last`: the
 * program ends with it. */
void fail_print_with(void (*print)(const char *line, bool last));

/* Print "name: message" on standard error. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

/* The same, then exit with STATUS_FAILED or STATUS_USAGE. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format,
                                                          ...);
__attribute__((noreturn, format(printf, 1, 2))) void
fail_usage(const char *format, ...);

/* Like vsnprintf(), but of a text that is too long the middle is left out. A
 * message begins with what failed and ends with the reason; a long value from
 * outside stands between the two. */
void format_cut(char *text, size_t size, const char *format, va_list args);

/* Zeroed memory, for free(); the program fails where there is none. */
void *allocate(uint64_t count, size_t size);

/* Give memory of allocate(), or NULL, room for so many; what is new in it is
 * not set. Returns where it is now. */
void *reallocate(void *memory, uint64_t count, size_t size);

/* Like allocate() for a type that is larger than any alignment it asks for;
 * `size` is a multiple of 64, and so is the address. */
void *allocate_aligned(uint64_t count, size_t size);

#endif
