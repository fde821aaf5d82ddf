/* SPDX-License-Identifier: MIT */
#include "common/net/curl_events.h"

#include <errno.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "common/base/fail.h"

struct curl_events {
    CURLM *multi;
    struct event_base *base;
    struct event *timer;
    void (*look)(CURLM *multi);
};

/* Tell libcurl that `fd` has something to do, or that its time is up. */
static void act(struct curl_events *events, curl_socket_t fd, int what)
{
    int running = 0;
    CURLMcode error =
        curl_multi_socket_action(events->multi, fd, what, &running);
    if (error)
        fail("libcurl's event loop stopped: %s", curl_multi_strerror(error));
    events->look(events->multi);
    if (!running)
        event_base_loopbreak(events->base);
}

static void on_socket(evutil_socket_t fd, short what, void *argument)
{
    act(argument, fd,
        (what & EV_READ ? CURL_CSELECT_IN : 0) |
            (what & EV_WRITE ? CURL_CSELECT_OUT : 0));
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    (void)what;
    act(argument, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl asks for other events on `fd` than before. */
static int watch_socket(CURL *handle, curl_socket_t fd, int what,
                        void *argument, void *watched)
{
    (void)handle;
    struct curl_events *events = argument;
    if (watched)
        event_free(watched);
    short kind = (short)((what & CURL_POLL_IN ? EV_READ : 0) |
                         (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST);
    bool removes = what == CURL_POLL_REMOVE;
    struct event *event =
        removes ? NULL : event_new(events->base, fd, kind, on_socket, events);
    curl_multi_assign(events->multi, fd, event); /* it comes as `watched` */
    return removes || (event && event_add(event, NULL) == 0) ? 0 : -1;
}

/* libcurl asks to be called again in `ms`; -1: not any more. */
static int set_timer(CURLM *multi, long ms, void *argument)
{
    (void)multi;
    struct curl_events *events = argument;
    struct timeval wait = {.tv_sec = ms / 1000,
                           .tv_usec = (suseconds_t)(ms % 1000 * 1000)};
    return ms < 0 ? evtimer_del(events->timer)
                  : evtimer_add(events->timer, &wait);
}

struct curl_events *curl_events_new(CURLM *multi)
{
    struct curl_events *events = allocate(1, sizeof *events);
    events->multi = multi;
    events->base = event_base_new();
    events->timer =
        events->base ? evtimer_new(events->base, on_timer, events) : NULL;
    if (!events->timer)
        fail("libevent has no event loop");
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, events);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, events);
    return events;
}

void curl_events_run(struct curl_events *events, void (*look)(CURLM *multi))
{
    events->look = look;
    if (event_base_dispatch(events->base) == -1)
        fail("libevent's loop stopped: %s", strerror(errno));
}

void curl_events_free(struct curl_events *events)
{
    event_free(events->timer);
    event_base_free(events->base);
    free(events);
}
