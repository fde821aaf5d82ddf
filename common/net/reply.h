/* SPDX-License-Identifier: MIT
 *
 * The local server's replies of so many bytes: at a rate, after a latency, with
 * a fault if the query asks for one. server.h lists what a query can say.
 */
#ifndef NET_REPLY_H
#define NET_REPLY_H

#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <stdbool.h>
#include <stdint.h>

#include "common/base/at_once.h"

struct server_config {
    uint64_t rate_bytes_s; /* of one connection; 0: unlimited */
    uint64_t link_bytes_s; /* of all together; 0: unlimited */
    double latency_s;      /* from the request to the first byte */
};

/* What the replies of one server share. A request is being served from its
 * arrival until just before the last byte of its reply is sent. */
struct replies {
    struct event_base *base;
    const struct server_config *config;
    uint64_t requests;
    struct at_once at_once; /* requests being served */

    struct ev_token_bucket_cfg *connection; /* NULL: unlimited */
    struct ev_token_bucket_cfg *link;       /* the same */
    struct bufferevent_rate_limit_group *group;
    struct reply *gathered; /* those that wait for others to begin with */
    uint64_t gathered_count;
    bool impatient; /* no reply waits for others any more */
};

void replies_init(struct replies *replies, struct event_base *base,
                  const struct server_config *config);

/* After the last connection has gone. */
void replies_free(struct replies *replies);

/* Answer a request for `size` bytes, as its path says it. */
void reply_with_bytes(struct replies *replies, struct evhttp_request *request,
                      const char *size, const struct evkeyvalq *query);

#endif
