/* SPDX-License-Identifier: MIT */
#include "common/net/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "common/base/at_once.h"
#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/base/portable.h"
#include "common/net/loopback.h"

enum {
    BACKLOG = 4096,          /* evhttp's own bind stops at 128 */
    BLOCK_BYTES = 64 * 1024, /* what every reply is made of */
    BLOCKS = 16,             /* handed over at a time when unlimited */
    TICK_MS = 20,            /* how often the buckets are filled */
    SLOW_TICK_MS = 50,       /* the same at rates below SLOW_BYTES_S */
    SLOW_BYTES_S = 200 * 1000,
    BURST_MS = 300,      /* what a late connection may catch up ... */
    BURST_TICKS = 2,     /* but at least this */
    EXCESS_BYTES = 1000, /* of fault=long and fault=late */
    LATE_MS = 100,
    MOST_HEADER_BYTES = 64 * 1024,
    MOST_WANTED_BYTES = 1000 * 1000, /* of header=N&lines=M */
    MOST_WANTED_LINES = 1000,
    REQUEST_S = 60,      /* until a connection must have sent its request */
    REPLY_S = 24 * 3600, /* and then have taken its reply */
    PAUSE_MS = 100,      /* when no connection can be accepted */
};

static const char block[BLOCK_BYTES];

struct service {
    struct event_base *base;
    const struct server_config *config;
    const char *word;
    struct ev_token_bucket_cfg *connection; /* NULL: unlimited */
    struct bufferevent_rate_limit_group *link;
    uint64_t requests;
    struct at_once at_once;
    struct reply *gathered; /* replies that wait for others to begin with */
    uint64_t gathered_count;
};

enum fault {
    NO_FAULT,
    RESET,
    SHORT,
    STALL,
    LONG,
    LATE,
    OPEN
};

/* One request being answered. Ends with reply_free(): when all is sent, or
 * when the connection goes away. */
struct reply {
    struct service *service;
    struct evhttp_request *request;
    struct event *timer; /* for the latency, or until the excess */
    bool begun;
    uint64_t announced;
    uint64_t left;
    uint64_t excess; /* of LONG and LATE */
    enum fault fault;
    bool served;        /* no longer counted in at_once */
    struct reply *next; /* in service->gathered */
};

static void count_out(struct reply *reply)
{
    if (!reply->served)
        at_once_leave(&reply->service->at_once);
    reply->served = true;
}

/* Its connection may go away while it waits for others. */
static void leave_gathered(struct reply *reply)
{
    struct service *service = reply->service;
    struct reply **link = &service->gathered;
    while (*link && *link != reply)
        link = &(*link)->next;
    if (!*link)
        return;
    *link = reply->next;
    service->gathered_count--;
}

static void reply_free(struct reply *reply)
{
    count_out(reply);
    leave_gathered(reply);
    event_free(reply->timer);
    free(reply);
}

static void on_gone(struct evhttp_connection *connection, void *argument)
{
    (void)connection;
    reply_free(argument);
}

static void on_complete(struct evhttp_request *request, void *argument)
{
    evhttp_connection_set_closecb(evhttp_request_get_connection(request), NULL,
                                  NULL);
    reply_free(argument);
}

/* Cut the connection: with an ordinary end, or with a reset. For that the
 * socket is closed under libevent, which would send an ordinary end first. */
static void cut(struct reply *reply)
{
    struct evhttp_connection *connection =
        evhttp_request_get_connection(reply->request);
    if (reply->fault == RESET) {
        struct linger now = {.l_onoff = 1, .l_linger = 0};
        int fd =
            bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
        int null = open("/dev/null", O_RDONLY);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        dup2(null, fd);
        close(null);
    }
    evhttp_connection_free(connection); /* calls on_gone */
}

static void send_bytes(struct reply *reply, uint64_t bytes,
                       void (*sent)(struct evhttp_connection *, void *))
{
    struct evbuffer *buffer = evbuffer_new();
    reply->left -= bytes;
    while (bytes > 0) {
        size_t part = bytes < BLOCK_BYTES ? (size_t)bytes : BLOCK_BYTES;
        evbuffer_add_reference(buffer, block, part, NULL, NULL);
        bytes -= part;
    }
    evhttp_send_reply_chunk_with_cb(reply->request, buffer, sent, reply);
    evbuffer_free(buffer);
}

/* Called again each time all that was handed over is sent. The last byte goes
 * alone: a connection counts as served until then. */
static void send_more(struct evhttp_connection *connection, void *argument)
{
    (void)connection;
    struct reply *reply = argument;
    uint64_t half = reply->announced / 2;
    uint64_t most =
        reply->service->connection ? BLOCK_BYTES : BLOCKS * BLOCK_BYTES;
    uint64_t next = reply->left - 1;
    if (reply->fault != NO_FAULT && reply->fault < LONG) {
        if (reply->left <= half) {
            if (reply->fault != STALL)
                cut(reply);
            return;
        }
        next = reply->left - half;
    }
    if (next > 0) {
        send_bytes(reply, next < most ? next : most, send_more);
        return;
    }
    count_out(reply);
    if (reply->fault == LONG)
        reply->left += reply->excess;
    send_bytes(reply, reply->left, NULL);
    if (reply->fault == LATE)
        evtimer_add(reply->timer, &(struct timeval){.tv_usec = LATE_MS * 1000});
    else if (reply->fault != OPEN)
        evhttp_send_reply_end(reply->request);
}

/* Set when the reply begins: a bucket fills while its connection waits. */
static void limit(const struct reply *reply)
{
    const struct service *service = reply->service;
    struct bufferevent *connection = evhttp_connection_get_bufferevent(
        evhttp_request_get_connection(reply->request));
    int yes = 1;
    setsockopt(bufferevent_getfd(connection), IPPROTO_TCP, TCP_NODELAY, &yes,
               sizeof yes);
    bufferevent_set_max_single_write(connection, BLOCKS * BLOCK_BYTES);
    if (service->connection)
        bufferevent_set_rate_limit(connection, service->connection);
    if (service->link)
        bufferevent_add_to_rate_limit_group(connection, service->link);
}

static void begin_reply(struct reply *reply)
{
    reply->begun = true;
    limit(reply);
    char length[24];
    snprintf(length, sizeof length, "%llu",
             (unsigned long long)reply->announced);
    evhttp_add_header(evhttp_request_get_output_headers(reply->request),
                      "Content-Length", length);
    evhttp_add_header(evhttp_request_get_output_headers(reply->request),
                      "Content-Type", "application/octet-stream");
    evhttp_send_reply_start(reply->request, HTTP_OK, "OK");
    if (evhttp_request_get_command(reply->request) == EVHTTP_REQ_HEAD)
        evhttp_send_reply_end(reply->request);
    else
        send_more(NULL, reply);
}

static void send_excess(struct reply *reply)
{
    reply->left = reply->excess;
    send_bytes(reply, reply->excess, NULL);
    evhttp_send_reply_end(reply->request);
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    (void)what;
    struct reply *reply = argument;
    if (reply->begun)
        send_excess(reply);
    else
        begin_reply(reply);
}

static enum fault fault_named(const char *name)
{
    static const char *const names[] = {
        [RESET] = "reset", [SHORT] = "short", [STALL] = "stall",
        [LONG] = "long",   [LATE] = "late",   [OPEN] = "open",
    };
    for (int i = RESET; name && i <= OPEN; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum fault)i;
    return NO_FAULT;
}

/* A number in the query, or `otherwise` where there is none. */
static uint64_t query_number(const struct evkeyvalq *query, const char *name,
                             uint64_t otherwise)
{
    const char *text = evhttp_find_header(query, name);
    uint64_t number;
    return text && number_whole(text, &number) ? number : otherwise;
}

/* Header lines of no meaning. */
static void add_header(struct evhttp_request *request,
                       const struct evkeyvalq *query)
{
    uint64_t bytes = query_number(query, "header", 0) % MOST_WANTED_BYTES;
    uint64_t lines =
        query_number(query, "lines", bytes > 0) % MOST_WANTED_LINES;
    char *text = allocate((size_t)bytes + 1, 1);
    memset(text, 'x', (size_t)bytes);
    for (uint64_t i = 0; i < lines; i++)
        evhttp_add_header(evhttp_request_get_output_headers(request), "X",
                          text);
    free(text);
}

/* Begin the reply when its latency is over. */
static void wait_latency(struct reply *reply)
{
    uint64_t us = (uint64_t)(reply->service->config->latency_s * 1e6);
    struct timeval latency = {.tv_sec = (time_t)(us / 1000000),
                              .tv_usec = (suseconds_t)(us % 1000000)};
    if (us > 0)
        evtimer_add(reply->timer, &latency);
    else
        begin_reply(reply);
}

/* Begin no reply before `together` of them wait for this. */
static void gather(struct reply *reply, uint64_t together)
{
    struct service *service = reply->service;
    reply->next = service->gathered;
    service->gathered = reply;
    if (++service->gathered_count < together)
        return;
    struct reply *next = service->gathered;
    service->gathered = NULL;
    service->gathered_count = 0;
    while ((reply = next)) {
        next = reply->next;
        wait_latency(reply);
    }
}

static void answer_bytes(struct service *service,
                         struct evhttp_request *request, const char *size,
                         const struct evkeyvalq *query)
{
    uint64_t bytes;
    if (!number_whole(size, &bytes) || bytes == 0 || bytes > INT64_MAX) {
        evhttp_send_error(request, HTTP_BADREQUEST, NULL);
        return;
    }
    struct evhttp_connection *connection =
        evhttp_request_get_connection(request);
    struct reply *reply = allocate(1, sizeof *reply);
    *reply = (struct reply){
        .service = service,
        .request = request,
        .announced = bytes,
        .left = bytes,
        .excess = query_number(query, "by", EXCESS_BYTES) % INT32_MAX,
        .fault = fault_named(evhttp_find_header(query, "fault")),
    };
    service->requests++;
    if (query_number(query, "nth", service->requests) != service->requests)
        reply->fault = NO_FAULT;
    at_once_enter(&service->at_once);
    evhttp_connection_set_timeout(connection, REPLY_S);
    evhttp_connection_set_closecb(connection, on_gone, reply);
    evhttp_request_set_on_complete_cb(request, on_complete, reply);
    reply->timer = evtimer_new(service->base, on_timer, reply);
    add_header(request, query);
    gather(reply, query_number(query, "together", 1));
}

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
        answer_bytes(service, request, rest, &query);
    else if ((rest = after(path, "/status/")))
        answer_status(request, rest);
    else if (path && strcmp(path, "/redirect") == 0)
        answer_redirect(request, &query);
    else
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
    evhttp_clear_headers(&query);
}

/* Anybody can make libevent warn, by connecting or by what they send. */
static void on_log(int severity, const char *message)
{
    if (severity == EVENT_LOG_ERR)
        complain("the local server: %s", message);
}

/* The callback for a failed accept gets evhttp's argument, not ours. */
static struct event *accept_again;

/* There is no descriptor left, perhaps: try again a little later. Connections
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

/* A bucket that lets `rate` bytes a second through, filled every tick. Slow
 * rates get longer ticks, as the CPU time of a thousand clients goes into
 * waking up for each piece; slower ones still longer, so that whole bytes stay
 * exact enough. */
static struct ev_token_bucket_cfg *bucket(uint64_t rate)
{
    if (!rate)
        return NULL;
    uint64_t tick_ms = rate < SLOW_BYTES_S ? SLOW_TICK_MS : TICK_MS;
    while (rate * tick_ms < 1000 * 1000 && tick_ms < 1000)
        tick_ms += TICK_MS;
    struct timeval tick = {.tv_sec = (time_t)(tick_ms / 1000),
                           .tv_usec = (int)(tick_ms % 1000 * 1000)};
    size_t bytes = (size_t)((rate * tick_ms + 500) / 1000);
    size_t ticks = (size_t)(BURST_MS / tick_ms);
    return ev_token_bucket_cfg_new(
        EV_RATE_LIMIT_MAX, EV_RATE_LIMIT_MAX, bytes,
        bytes * (ticks > BURST_TICKS ? ticks : BURST_TICKS), &tick);
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
    struct service service = {
        .base = event_base_new(), .config = config, .word = word};
    struct evhttp *http = serve(&service, listener);
    service.connection = bucket(config->rate_bytes_s);
    struct ev_token_bucket_cfg *link = bucket(config->link_bytes_s);
    if (link)
        service.link = bufferevent_rate_limit_group_new(service.base, link);
    struct event *end = event_new(service.base, control, EV_READ | EV_PERSIST,
                                  on_control, service.base);
    if (event_add(end, NULL) != 0)
        fail("the local server cannot see when it is to end: %s",
             strerror(errno));

    event_base_dispatch(service.base);

    event_free(end);
    event_free(accept_again);
    evhttp_free(http);
    event_base_loop(service.base, EVLOOP_NONBLOCK); /* which ends connections */
    if (service.link)
        bufferevent_rate_limit_group_free(service.link);
    if (link)
        ev_token_bucket_cfg_free(link);
    if (service.connection)
        ev_token_bucket_cfg_free(service.connection);
    event_base_free(service.base);
    return (struct server_counts){.requests = service.requests,
                                  .at_once = at_once_most(&service.at_once)};
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
