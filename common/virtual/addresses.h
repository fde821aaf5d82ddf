/* SPDX-License-Identifier: MIT
 *
 * A table from addresses to records: what an execution knows about each object
 * that its threads share. There is a new one for every execution, so emptying
 * it must cost nothing.
 */
#ifndef VIRTUAL_ADDRESSES_H
#define VIRTUAL_ADDRESSES_H

#include <stddef.h>

struct addresses;

struct addresses *addresses_new(size_t record_bytes);
void addresses_free(struct addresses *addresses);

/* Forget all records. */
void addresses_empty(struct addresses *addresses);

/* The record of `address`; all of it is 0 when it is asked for the first time.
 * It stays where it is until the table is emptied. */
void *addresses_find(struct addresses *addresses, const void *address);

#endif
