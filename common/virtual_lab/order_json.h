/* SPDX-License-Identifier: MIT
 *
 * What came of a walk as JSON; walks.h describes it.
 */
#ifndef VIRTUAL_LAB_ORDER_JSON_H
#define VIRTUAL_LAB_ORDER_JSON_H

#include <jansson.h>

#include "common/virtual/orders.h"

json_t *order_json(const struct orders_subject *subject,
                   const struct orders_bounds *bounds,
                   const struct orders_result *result);

#endif
