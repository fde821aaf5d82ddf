/* SPDX-License-Identifier: MIT */
#include "common/base/statistics.h"

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
    return (value[(values - 1) / 2] + value[values / 2]) / 2;
}

double percentile(double *value, size_t values, unsigned percent)
{
    qsort(value, values, sizeof *value, by_size);
    size_t rank = (values * percent + 99) / 100;
    return value[rank ? rank - 1 : 0];
}
