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

struct curl_slist;

struct mirror {
    const char *url;
    const char *shown; /* the same for people: no password, no random word */
    uint64_t bytes;    /* of one download; 0: not known beforehand */
    uint64_t rate_bytes_s;
    uint64_t link_bytes_s;
    uint64_t connections; /* the most at once; 0: a few */
    uint64_t timeout_s;
    struct curl_slist *headers; /* of every request */
    bool local;                 /* the server is the kit's own */
    struct server server;
    char local_url[96];
    char local_shown[96];
};

/* Get ready for `connections` downloads at once: initialise libcurl, raise the
 * limit on file descriptors, start the server. Fails where that is not
 * possible. An address that is not http or https is a mistake in the command
 * line. The lab must have one thread. */
void mirror_open(struct mirror *mirror, const struct options *options,
                 uint64_t connections);

/* Like mirror_open(), for the second and later runs of a lab: does not print
 * the size of a download again. */
void mirror_open_another(struct mirror *mirror, const struct options *options,
                         uint64_t connections);

/* Where the downloads came from, for the report. Valid after mirror_close(). */
struct source mirror_source(const struct mirror *mirror);

/* Stop the server and clean up. Adds to `run` what the server saw:
 * server_at_once, the most requests that it served at the same moment. */
void mirror_close(struct mirror *mirror, struct run *run);

#endif
