/* SPDX-License-Identifier: MIT */
#include "common/base/median.h"

#include <stdlib.h>

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double median(double *value, size_t values)
{
    qsort(value, values, sizeof *value, by_size);
    size_t middle = values / 2;
    return values % 2 ? value[middle] : (value[middle - 1] + value[middle]) / 2;
}
