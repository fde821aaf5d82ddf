/* SPDX-License-Identifier: MIT
 *
 * An event loop under libcurl's multi interface: libevent waits for the sockets
 * and the timer that libcurl names, and libcurl is told only of those that have
 * something to do (multi_socket; curl's own example is hiperfifo.c). asyncio
 * and libuv work the same way: epoll or kqueue below, callbacks above.
 */
#ifndef NET_CURL_EVENTS_H
#define NET_CURL_EVENTS_H

#include <curl/curl.h>

struct curl_events;

/* Make a loop for `multi`, which must have no handles yet. */
struct curl_events *curl_events_new(CURLM *multi);

/* Run it until every transfer has ended. `look` is called each time that some
 * may have, to take them with curl_multi_info_read(). */
void curl_events_run(struct curl_events *events, void (*look)(CURLM *multi));

/* After the last handle has been removed and the multi handle cleaned up. */
void curl_events_free(struct curl_events *events);

#endif
