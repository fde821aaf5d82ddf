/* SPDX-License-Identifier: MIT */
#include "common/base/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

#include "common/base/fail.h"

void allow_descriptors(uint64_t need, uint64_t many, const char *what)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= need)
        return;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < need)
        fail("%" PRIu64 " %s need %" PRIu64 " file descriptors, but the limit "
             "is %ju (ulimit -Hn)",
             many, what, need, (uintmax_t)limit.rlim_max);
    limit.rlim_cur = (rlim_t)need;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        fail("cannot raise the limit on file descriptors to %" PRIu64 ": %s",
             need, strerror(errno));
}
