/* SPDX-License-Identifier: MIT
 *
 * A line of a source file, to show next to what it did.
 */
#ifndef VIRTUAL_SOURCE_LINE_H
#define VIRTUAL_SOURCE_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* The line at "file.c:12" as place_text() writes it, without the white space
 * around it. False: it cannot be read. */
bool source_line(const char *place, char *text, size_t bytes);

#endif
