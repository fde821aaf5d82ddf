/* SPDX-License-Identifier: MIT
 *
 * An event loop under libcurl's multi interface. libcurl names sockets and a
 * timer; libevent waits for them and tells libcurl only about those that have
 * something to do (multi_socket; curl's own example is hiperfifo.c). asyncio
 * and libuv work the same way: epoll or kqueue below, callbacks above.
 */
#ifndef NET_CURL_EVENTS_H
#define NET_CURL_EVENTS_H

#include <curl/curl.h>

struct curl_events;

/* Make a loop for `multi`. It must have no handles yet. */
struct curl_events *curl_events_new(CURLM *multi);

/* Run the loop until every transfer has ended. Calls `look` whenever some of
 * them may have ended, to take these with curl_multi_info_read(). */
void curl_events_run(struct curl_events *events, void (*look)(CURLM *multi));

/* Call this after the last handle has been removed and the multi handle cleaned
 * up. */
void curl_events_free(struct curl_events *events);

#endif
