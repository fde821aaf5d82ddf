/* SPDX-License-Identifier: MIT
 *
 * The table that people see: a row for each run, and the blog post's rows under
 * them. Never wider than 80 columns: the JSON has what does not fit.
 */
#ifndef LAB_TABLE_H
#define LAB_TABLE_H

#include "common/lab/document.h"
#include "common/run/tasks.h"

/* Runs end with NULL, rows with a NULL name; `document` may be NULL. */
void table_print(struct run *const *runs, const struct document_row *document);

#endif
