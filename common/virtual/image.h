/* SPDX-License-Identifier: MIT
 *
 * The variables of a program that was loaded with dlopen(), as they were then:
 * each execution of a walk begins with them.
 */
#ifndef VIRTUAL_IMAGE_H
#define VIRTUAL_IMAGE_H

#include <stdbool.h>

struct image;

/* Remember the variables of the shared object that this function or variable
 * is in. It lasts as long as the program. NULL: this system does not tell
 * where they are. */
struct image *image_new(const void *inside);

/* Set them back. */
void image_restore(const struct image *image);

/* It has variables that each thread should have one of (_Thread_local), and the
 * threads of a walk would share them here (thread_locals.h). */
bool image_shares_thread_locals(const struct image *image);

#endif
