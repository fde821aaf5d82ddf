/* SPDX-License-Identifier: MIT */
#include "common/net/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>

#include "common/base/at_once.h"
#include "common/base/fail.h"

enum {
    BACKLOG = 4096,          /* evhttp's own bind stops at 128 */
    BLOCK_BYTES = 64 * 1024, /* what every reply is made of */
    BLOCKS = 16,             /* handed over at a time when unlimited */
    TICK_MS = 20,            /* how often the buckets are filled */
    SLOW_TICK_MS = 50,       /* the same at rates below SLOW_BYTES_S */
    SLOW_BYTES_S = 200 * 1000,
    BURST_MS = 300,      /* what a late connection may catch up ... */
    BURST_TICKS = 2,     /* but at least this */
    EXCESS_BYTES = 1000, /* of fault=long */
};

static const char block[BLOCK_BYTES];

struct service {
    struct event_base *base;
    const struct server_config *config;
    struct ev_token_bucket_cfg *connection; /* NULL: unlimited */
    struct bufferevent_rate_limit_group *link;
    uint64_t requests;
    struct at_once at_once;
};

enum fault {
    NO_FAULT,
    RESET,
    SHORT,
    STALL,
    LONG
};

/* One request being answered. Ends with reply_free(): when all is sent, or
 * when the connection goes away. */
struct reply {
    struct service *service;
    struct evhttp_request *request;
    struct event *latency;
    uint64_t announced;
    uint64_t left;
    enum fault fault;
    bool served; /* no longer counted in at_once */
};

static void count_out(struct reply *reply)
{
    if (!reply->served)
        at_once_leave(&reply->service->at_once);
    reply->served = true;
}

static void reply_free(struct reply *reply)
{
    count_out(reply);
    event_free(reply->latency);
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
    if (reply->fault != NO_FAULT && reply->fault != LONG) {
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
        reply->left += EXCESS_BYTES;
    send_bytes(reply, reply->left, NULL);
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

static void begin_reply(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    (void)what;
    struct reply *reply = argument;
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

static enum fault fault_named(const char *name)
{
    static const char *const names[] = {"", "reset", "short", "stall", "long"};
    for (int i = 1; name && i < 5; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum fault)i;
    return NO_FAULT;
}

static void answer_bytes(struct service *service,
                         struct evhttp_request *request, const char *size,
                         const struct evkeyvalq *query)
{
    char *end;
    errno = 0;
    unsigned long long bytes = strtoull(size, &end, 10);
    if (errno || *end || bytes == 0 || size[0] == '-') {
        evhttp_send_error(request, HTTP_BADREQUEST, NULL);
        return;
    }
    struct reply *reply = allocate(1, sizeof *reply);
    *reply = (struct reply){
        .service = service,
        .request = request,
        .announced = bytes,
        .left = bytes,
        .fault = fault_named(evhttp_find_header(query, "fault")),
    };
    service->requests++;
    const char *nth = evhttp_find_header(query, "nth");
    if (nth && strtoull(nth, NULL, 10) != service->requests)
        reply->fault = NO_FAULT;
    at_once_enter(&service->at_once);
    evhttp_connection_set_closecb(evhttp_request_get_connection(request),
                                  on_gone, reply);
    evhttp_request_set_on_complete_cb(request, on_complete, reply);

    int64_t us = (int64_t)(service->config->latency_s * 1e6);
    struct timeval latency = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};
    reply->latency = evtimer_new(service->base, begin_reply, reply);
    if (us > 0)
        evtimer_add(reply->latency, &latency);
    else
        begin_reply(-1, 0, reply);
}

static void answer_redirect(struct evhttp_request *request,
                            const struct evkeyvalq *query)
{
    const char *to = evhttp_find_header(query, "to");
    evhttp_add_header(evhttp_request_get_output_headers(request), "Location",
                      to ? to : "/redirect");
    evhttp_send_reply(request, HTTP_MOVETEMP, "Found", NULL);
}

static void on_request(struct evhttp_request *request, void *argument)
{
    struct service *service = argument;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    const char *path = evhttp_uri_get_path(uri);
    const char *parameters = evhttp_uri_get_query(uri);
    struct evkeyvalq query;
    evhttp_parse_query_str(parameters ? parameters : "", &query);
    if (strncmp(path, "/bytes/", 7) == 0)
        answer_bytes(service, request, path + 7, &query);
    else if (strncmp(path, "/status/", 8) == 0)
        evhttp_send_reply(request, (int)strtol(path + 8, NULL, 10),
                          "As asked for", NULL);
    else if (strcmp(path, "/redirect") == 0)
        answer_redirect(request, &query);
    else
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
    evhttp_clear_headers(&query);
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

struct server_counts server_run(int listener, int control,
                                const struct server_config *config)
{
    struct service service = {.base = event_base_new(), .config = config};
    struct evhttp *http = service.base ? evhttp_new(service.base) : NULL;
    if (!http)
        fail("the local server cannot start: libevent has no event loop");
    service.connection = bucket(config->rate_bytes_s);
    struct ev_token_bucket_cfg *link = bucket(config->link_bytes_s);
    if (link)
        service.link = bufferevent_rate_limit_group_new(service.base, link);

    evutil_make_socket_nonblocking(listener);
    struct evconnlistener *accepting =
        evconnlistener_new(service.base, NULL, NULL, 0, BACKLOG, listener);
    if (!accepting || !evhttp_bind_listener(http, accepting))
        fail("the local server cannot listen: %s", strerror(errno));
    evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD);
    evhttp_set_gencb(http, on_request, &service);
    evhttp_set_timeout(http, 24 * 3600);
    struct event *end = event_new(service.base, control, EV_READ | EV_PERSIST,
                                  on_control, service.base);
    if (event_add(end, NULL) != 0)
        fail("the local server needs a pipe or a terminal to see its end by");

    event_base_dispatch(service.base);

    event_free(end);
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

int server_listen(uint16_t *port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd == -1 || bind(fd, (struct sockaddr *)&address, length) != 0 ||
        listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        fail("cannot listen on 127.0.0.1: %s", strerror(errno));
    *port = ntohs(address.sin_port);
    return fd;
}

/* The child: not a reader of our input nor a writer of our output, so that it
 * never keeps a pipe open; Ctrl-C is the parent's to answer. */
static _Noreturn void child(int listener, int control,
                            const struct server_config *config)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    close(null);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_IGN);
    struct server_counts counts = server_run(listener, control, config);
    (void)!write(control, &counts, sizeof counts);
    close(listener);
    close(control);
    _exit(0);
}

void server_start(struct server *server, const struct server_config *config)
{
    int pair[2];
    int listener = server_listen(&server->port);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        fail("cannot make a socket to the local server: %s", strerror(errno));
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    fflush(NULL);
    server->pid = fork();
    if (server->pid == -1)
        fail("cannot start the local server: %s", strerror(errno));
    if (server->pid == 0) {
        close(pair[0]);
        child(listener, pair[1], config);
    }
    close(listener);
    close(pair[1]);
    server->control = pair[0];
}

struct server_counts server_stop(struct server *server)
{
    struct server_counts counts = {0};
    shutdown(server->control, SHUT_WR);
    if (read(server->control, &counts, sizeof counts) != sizeof counts)
        counts = (struct server_counts){0};
    close(server->control);
    while (waitpid(server->pid, NULL, 0) == -1 && errno == EINTR)
        ;
    return counts;
}
