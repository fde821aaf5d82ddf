/* SPDX-License-Identifier: MIT
 *
 * What a student has run: `make next` and `make progress` read it.
 *
 * A lab that somebody runs at a terminal adds a line of JSON to the file
 * learner.jsonl in its own folder. make creates that file. A lab never does: so
 * it writes nothing outside of a build folder. Where the file is missing or
 * cannot be written, nothing is noted, and the lab goes on.
 */
#ifndef LAB_LEARNER_H
#define LAB_LEARNER_H

#include <jansson.h>

/* How the program was called: its folder is that of the file. */
void learner_begin(const char *program);

/* Add one line. The object stays the caller's. */
void learner_note(const json_t *json);

#endif
