/* SPDX-License-Identifier: MIT
 *
 * Compiled with -fsanitize=thread and nothing else of ours.
 */
#include <stdatomic.h>
#include <stddef.h>

void *read_and_write(void *with);

static atomic_int number;

void *read_and_write(void *with)
{
    atomic_int own = 1;
    atomic_fetch_add(&own, 1);
    atomic_fetch_add(&number, 1);
    atomic_store_explicit(&number, 3, memory_order_release);
    (void)with;
    return NULL;
}
