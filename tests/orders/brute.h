/* SPDX-License-Identifier: MIT
 *
 * Is an order that a walk has found the shortest one? Here that is tried
 * without the walk's search: no order is left out because it is like another,
 * and what the bounds allow is counted once more.
 */
#ifndef TESTS_ORDERS_BRUTE_H
#define TESTS_ORDERS_BRUTE_H

#include "common/virtual/orders.h"

/* Does an order of at most `steps` steps fail? */
bool brute_fails(const struct orders_subject *subject,
                 const struct orders_bounds *bounds, size_t steps);

#endif
