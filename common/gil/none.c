/* SPDX-License-Identifier: MIT
 *
 * No lock: free-threaded Python (PEP 703). Nothing is taken, nobody waits.
 */
#include "common/gil/gil.h"

static void none_take(struct gil *gil, struct gil_thread *me)
{
    (void)me;
    at_once_enter(&gil->holders);
}

static void none_drop(struct gil *gil, struct gil_thread *me)
{
    gil_dropping(gil, me);
}

static void none_checkpoint(struct gil *gil, struct gil_thread *me)
{
    (void)gil;
    (void)me;
}

const struct gil_policy gil_none = {
    .name = "none",
    .take = none_take,
    .drop = none_drop,
    .checkpoint = none_checkpoint,
};
