/* SPDX-License-Identifier: MIT
 *
 * Where the downloads of a lab came from, as its report tells it.
 */
#ifndef LAB_SOURCE_H
#define LAB_SOURCE_H

#include <stdint.h>

struct source {
    const char *url;       /* NULL: nothing was downloaded */
    uint64_t bytes;        /* of one; 0: not known */
    uint64_t rate_bytes_s; /* of a connection; 0: unlimited, or not known */
    uint64_t link_bytes_s; /* of all together; the same */
};

#endif
