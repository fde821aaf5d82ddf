/* SPDX-License-Identifier: MIT */
#include "common/net/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/base/portable.h"
#include "common/net/loopback.h"

enum {
    BACKLOG = 4096, /* evhttp's own bind stops at 128 */
    MOST_HEADER_BYTES = 64 * 1024,
    REQUEST_S = 60, /* until a connection must have sent its request */
    PAUSE_MS = 100, /* when no connection can be accepted */
};

struct service {
    struct event_base *base;
    const char *word;
    struct replies replies;
};

static void answer_redirect(struct evhttp_request *request,
                            const struct evkeyvalq *query)
{
    const char *to = evhttp_find_header(query, "to");
    evhttp_add_header(evhttp_request_get_output_headers(request), "Location",
                      to ? to : "/redirect");
    evhttp_send_reply(request, HTTP_MOVETEMP, "Found", NULL);
}

static void answer_status(struct evhttp_request *request, const char *text)
{
    uint64_t status;
    if (number_whole(text, &status) && status >= 100 && status <= 599)
        evhttp_send_reply(request, (int)status, "As asked for", NULL);
    else
        evhttp_send_error(request, HTTP_BADREQUEST, NULL);
}

/* What follows `begin` in `path`; NULL if that does not begin so. */
static const char *after(const char *path, const char *begin)
{
    size_t length = strlen(begin);
    return path && strncmp(path, begin, length) == 0 ? path + length : NULL;
}

static void on_request(struct evhttp_request *request, void *argument)
{
    struct service *service = argument;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = after(evhttp_uri_get_path(uri), service->word);
    const char *parameters = evhttp_uri_get_query(uri);
    const char *rest;
    struct evkeyvalq query;
    evhttp_parse_query_str(parameters ? parameters : "", &query);
    if ((rest = after(path, "/bytes/")))
        reply_with_bytes(&service->replies, request, rest, &query);
    else if ((rest = after(path, "/status/")))
        answer_status(request, rest);
    else if (path && strcmp(path, "/redirect") == 0)
        answer_redirect(request, &query);
    else
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
    evhttp_clear_headers(&query);
}

/* Any user of the machine can make libevent warn, so warnings are not shown. */
static void on_log(int severity, const char *message)
{
    if (severity == EVENT_LOG_ERR)
        complain("the local server: %s", message);
}

/* The callback for a failed accept gets evhttp's argument, not ours. */
static struct event *accept_again;

/* Perhaps there is no descriptor left. Try again a little later; connections
 * wait in the listener's queue meanwhile. */
static void on_accept_error(struct evconnlistener *listener, void *argument)
{
    (void)argument;
    struct timeval pause = {.tv_usec = PAUSE_MS * 1000};
    evconnlistener_disable(listener);
    evtimer_add(accept_again, &pause);
}

static void on_accept_again(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    (void)what;
    evconnlistener_enable(argument);
}

static void on_control(evutil_socket_t fd, short what, void *argument)
{
    (void)what;
    char byte;
    if (read(fd, &byte, 1) <= 0)
        event_base_loopbreak(argument);
}

static struct evhttp *serve(struct service *service, int listener)
{
    struct evhttp *http = service->base ? evhttp_new(service->base) : NULL;
    if (!http)
        fail("the local server cannot start: libevent has no event loop");
    evutil_make_socket_nonblocking(listener);
    struct evconnlistener *accepting =
        evconnlistener_new(service->base, NULL, NULL, 0, BACKLOG, listener);
    if (!accepting || !evhttp_bind_listener(http, accepting))
        fail("the local server cannot listen: %s", strerror(errno));
    accept_again = evtimer_new(service->base, on_accept_again, accepting);
    if (!accept_again)
        fail("the local server cannot start: libevent has no timer");
    evconnlistener_set_error_cb(accepting, on_accept_error);
    evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_max_headers_size(http, MOST_HEADER_BYTES);
    evhttp_set_max_body_size(http, MOST_HEADER_BYTES);
    evhttp_set_gencb(http, on_request, service);
    evhttp_set_timeout(http, REQUEST_S);
    return http;
}

struct server_counts server_run(int listener, int control, const char *word,
                                const struct server_config *config)
{
    event_set_log_callback(on_log);
    allow_all_descriptors();
    struct service service = {.base = event_base_new(), .word = word};
    struct evhttp *http = serve(&service, listener);
    replies_init(&service.replies, service.base, config);
    struct event *end = event_new(service.base, control, EV_READ | EV_PERSIST,
                                  on_control, service.base);
    if (!end || event_add(end, NULL) != 0)
        fail("the local server cannot see when it is to end: %s",
             strerror(errno));

    event_base_dispatch(service.base);

    event_free(end);
    event_free(accept_again);
    evhttp_free(http);
    event_base_loop(service.base, EVLOOP_NONBLOCK); /* which ends connections */
    replies_free(&service.replies);
    event_base_free(service.base);
    return (struct server_counts){.requests = service.replies.requests,
                                  .at_once =
                                      at_once_most(&service.replies.at_once)};
}

int server_listen(char *address, size_t size)
{
    struct sockaddr_in socket_address;
    int fd = loopback_socket(SOCK_STREAM, &socket_address);
    if (listen(fd, BACKLOG) != 0)
        fail("cannot listen on 127.0.0.1: %s", strerror(errno));
    snprintf(address, size, "http://127.0.0.1:%u",
             ntohs(socket_address.sin_port));
    return fd;
}

/* "/" and sixteen digits that nobody can guess. */
static void make_word(char *word, size_t size)
{
    uint64_t random;
    int fd = open("/dev/urandom", O_RDONLY);
    if (fd == -1 || read(fd, &random, sizeof random) != sizeof random)
        fail("cannot read /dev/urandom: %s", strerror(errno));
    close(fd);
    snprintf(word, size, "/%016" PRIx64, random);
}

void server_start(struct server *server, const struct server_config *config)
{
    int listener = server_listen(server->address, sizeof server->address);
    make_word(server->word, sizeof server->word);
    if (child_fork(&server->child, CHILD_SILENT) == -1)
        fail("cannot start the local server: %s", why_no_process(errno));
    if (server->child.pid == 0) {
        struct server_counts counts =
            server_run(listener, server->child.fd, server->word, config);
        (void)!write(server->child.fd, &counts, sizeof counts);
        _exit(0);
    }
    close(listener);
}

struct server_counts server_stop(struct server *server)
{
    struct server_counts counts;
    if (child_stop(&server->child, &counts, sizeof counts))
        return counts;
    return (struct server_counts){0};
}
