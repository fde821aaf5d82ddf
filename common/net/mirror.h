/* SPDX-License-Identifier: MIT
 *
 * What the I/O labs download from: the local server, started for the lab and
 * ended with it, or the address that --url names.
 */
#ifndef NET_MIRROR_H
#define NET_MIRROR_H

#include <stdint.h>

#include "common/lab/options.h"
#include "common/lab/source.h"
#include "common/net/server.h"
#include "common/run/tasks.h"

struct mirror {
    const char *url;
    uint64_t bytes; /* of one download; 0: not known beforehand */
    uint64_t rate_bytes_s;
    uint64_t link_bytes_s;
    uint64_t connections; /* the most at once; 0: a few */
    uint64_t timeout_s;
    bool local; /* the server is ours */
    struct server server;
    char local_url[96];
};

/* Get ready for `connections` downloads at once: libcurl is initialised, the
 * limit on file descriptors raised, the server started. Fails where that is not
 * possible; an address that is not http or https is a mistake in the command
 * line. Must be called before any thread is started. */
void mirror_open(struct mirror *mirror, const struct options *options,
                 uint64_t connections);

/* The same, but it does not tell the size of a download again: a mirror for a
 * further run of the lab. */
void mirror_open_another(struct mirror *mirror, const struct options *options,
                         uint64_t connections);

/* Where its downloads come from, for the report. */
struct source mirror_source(const struct mirror *mirror);

/* End it, and add to `run` what our server saw: server_at_once, the most
 * requests that it was serving at the same moment. */
void mirror_close(struct mirror *mirror, struct run *run);

#endif
