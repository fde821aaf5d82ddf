/* SPDX-License-Identifier: MIT
 *
 * Where in the source something happens. A macro knows its file and line. A
 * call that the compiler inserts knows only the address that it is called from.
 * The line of an address is looked up when it is printed: addr2line reads it
 * from the debug information (-g).
 */
#ifndef VIRTUAL_PLACE_H
#define VIRTUAL_PLACE_H

#include <stddef.h>
#include <stdint.h>

struct virtual_place {
    const char *file; /* NULL: `at` is an address in the code */
    uintptr_t at;     /* else the line */
};

#define VIRTUAL_HERE ((struct virtual_place){__FILE__, __LINE__})

/* Where the function that this stands in is called from. WebAssembly does not
 * tell. */
#ifdef __EMSCRIPTEN__
#define VIRTUAL_CALLER ((struct virtual_place){NULL, 0})
#else
#define VIRTUAL_CALLER                                                         \
    ((struct virtual_place){NULL, (uintptr_t)__builtin_return_address(0)})
#endif

/* Write it as "common/gil/interval.c:41". Where the line of an address is not
 * known, the name of its program and the offset in it. Returns `text`. */
char *place_text(struct virtual_place place, char *text, size_t bytes);

/* "interval.c:41" of such a text. */
const char *place_without_folder(const char *text);

#endif
