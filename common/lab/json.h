/* SPDX-License-Identifier: MIT
 *
 * A lab's JSON object, where --json asks for it.
 */
#ifndef LAB_JSON_H
#define LAB_JSON_H

#include <jansson.h>

/* Write the object to the file; "" is standard output. Frees it; fails if it
 * cannot be written. */
void json_write(json_t *json, const char *path);

#endif
