/* SPDX-License-Identifier: MIT */
#include "common/net/reply.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
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

#include "common/base/fail.h"
#include "common/base/number.h"

enum {
    BLOCK_BYTES = 64 * 1024, /* what every reply is made of */
    BLOCKS = 16,             /* handed over at a time when unlimited */
    TICK_MS = 20,            /* how often the buckets are filled */
    SLOW_TICK_MS = 50,       /* the same at rates below SLOW_BYTES_S */
    SLOW_BYTES_S = 200 * 1000,
    BURST_MS = 300,      /* how much a late connection may catch up ... */
    BURST_TICKS = 2,     /* but this at least */
    EXCESS_BYTES = 1000, /* of fault=long and fault=late */
    LATE_MS = 100,
    MOST_HEADER_BYTES = 1000 * 1000, /* of header=N&lines=M, and */
    LINE_COST = 100,                 /* what a line is counted for besides */
    REPLY_S = 24 * 3600, /* until a client must have taken its reply */
};

static const char block[BLOCK_BYTES];

enum fault {
    NO_FAULT,
    RESET, /* these three break off half way */
    SHORT,
    STALL,
    LONG, /* these come after the last byte */
    LATE,
    OPEN
};

/* One request being answered. reply_free() ends it when all is sent, or when
 * the connection goes away. */
struct reply {
    struct replies *replies;
    struct evhttp_request *request;
    struct event *timer; /* for the latency, or until the excess */
    uint64_t latency_us;
    bool begun;
    uint64_t announced;
    uint64_t left;
    uint64_t excess; /* of LONG and LATE */
    enum fault fault;
    bool served;        /* no longer counted in at_once */
    bool gathered;      /* it waits for others, */
    struct reply *next; /* in replies->gathered */
};

/* A bucket that lets `rate` bytes a second through. It is filled every tick.
 * Slow rates get longer ticks: a thousand clients spend their CPU time on
 * waking up for each piece. Very slow ones get still longer ticks, because a
 * tick's whole bytes would be too inexact. */
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

void replies_init(struct replies *replies, struct event_base *base,
                  const struct server_config *config)
{
    *replies = (struct replies){
        .base = base,
        .config = config,
        .connection = bucket(config->rate_bytes_s),
        .link = bucket(config->link_bytes_s),
    };
    if (replies->link)
        replies->group = bufferevent_rate_limit_group_new(base, replies->link);
}

void replies_free(struct replies *replies)
{
    if (replies->group)
        bufferevent_rate_limit_group_free(replies->group);
    if (replies->link)
        ev_token_bucket_cfg_free(replies->link);
    if (replies->connection)
        ev_token_bucket_cfg_free(replies->connection);
}

static void count_out(struct reply *reply)
{
    if (!reply->served)
        at_once_leave(&reply->replies->at_once);
    reply->served = true;
}

/* The connection may go away while the reply waits for others. */
static void leave_gathered(struct reply *reply)
{
    struct replies *replies = reply->replies;
    struct reply **link = &replies->gathered;
    if (!reply->gathered)
        return;
    while (*link != reply)
        link = &(*link)->next;
    *link = reply->next;
    replies->gathered_count--;
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
    struct reply *reply = argument;
    /* A client that goes away in the middle leaves us the request. */
    if (!evhttp_request_get_connection(reply->request))
        evhttp_request_free(reply->request);
    reply_free(reply);
}

static void on_complete(struct evhttp_request *request, void *argument)
{
    evhttp_connection_set_closecb(evhttp_request_get_connection(request), NULL,
                                  NULL);
    reply_free(argument);
}

/* Cut the connection, with an ordinary end or with a reset. For a reset the
 * socket is closed behind libevent's back: libevent would shut it down first,
 * which is an ordinary end. */
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

/* Hand over the next part. libevent calls this again when that part is sent.
 * The last byte goes alone, because a request counts as being served until
 * then. */
static void send_more(struct evhttp_connection *connection, void *argument)
{
    (void)connection;
    struct reply *reply = argument;
    uint64_t half = reply->announced / 2;
    uint64_t most =
        reply->replies->connection ? BLOCK_BYTES : BLOCKS * BLOCK_BYTES;
    uint64_t next = reply->left - 1;
    if (reply->fault >= RESET && reply->fault <= STALL) {
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

/* This is set when the reply begins, because a bucket fills while its
 * connection waits. */
static void limit(const struct reply *reply)
{
    const struct replies *replies = reply->replies;
    struct bufferevent *connection = evhttp_connection_get_bufferevent(
        evhttp_request_get_connection(reply->request));
    int yes = 1;
    setsockopt(bufferevent_getfd(connection), IPPROTO_TCP, TCP_NODELAY, &yes,
               sizeof yes);
    bufferevent_set_max_single_write(connection, BLOCKS * BLOCK_BYTES);
    if (replies->connection)
        bufferevent_set_rate_limit(connection, replies->connection);
    if (replies->group)
        bufferevent_add_to_rate_limit_group(connection, replies->group);
}

static void begin_reply(struct reply *reply)
{
    reply->begun = true;
    limit(reply);
    char length[24];
    snprintf(length, sizeof length, "%" PRIu64, reply->announced);
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

/* on_timer() is called then. */
static void start_timer(struct reply *reply, uint64_t us)
{
    struct timeval time = {.tv_sec = (time_t)(us / 1000000),
                           .tv_usec = (suseconds_t)(us % 1000000)};
    evtimer_add(reply->timer, &time);
}

/* Begin the reply when its latency is over. */
static void wait_latency(struct reply *reply)
{
    if (reply->latency_us > 0)
        start_timer(reply, reply->latency_us);
    else
        begin_reply(reply);
}

static void begin_gathered(struct replies *replies)
{
    struct reply *next = replies->gathered;
    replies->gathered = NULL;
    replies->gathered_count = 0;
    for (struct reply *reply; (reply = next);) {
        next = reply->next;
        reply->gathered = false;
        evtimer_del(reply->timer);
        wait_latency(reply);
    }
}

/* Begin no reply before `together` of them wait for this; but once some have
 * waited for `within_ms`, none waits any more. 0: as long as it takes. */
static void gather(struct reply *reply, uint64_t together, uint64_t within_ms)
{
    struct replies *replies = reply->replies;
    reply->next = replies->gathered;
    reply->gathered = true;
    replies->gathered = reply;
    if (++replies->gathered_count >= together || replies->impatient)
        begin_gathered(replies);
    else if (within_ms > 0)
        start_timer(reply, within_ms * 1000);
}

static void on_timer(evutil_socket_t fd, short what, void *argument)
{
    (void)fd;
    (void)what;
    struct reply *reply = argument;
    if (reply->gathered) {
        reply->replies->impatient = true;
        begin_gathered(reply->replies);
    } else if (reply->begun) {
        send_excess(reply);
    } else {
        begin_reply(reply);
    }
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

/* Header lines of no meaning, a million bytes at most. */
static void add_header(struct evhttp_request *request,
                       const struct evkeyvalq *query)
{
    uint64_t bytes = query_number(query, "header", 0);
    uint64_t lines = query_number(query, "lines", 1);
    if (bytes == 0 || bytes > MOST_HEADER_BYTES ||
        lines > MOST_HEADER_BYTES / (bytes + LINE_COST))
        return;
    char *text = allocate((size_t)bytes + 1, 1);
    memset(text, 'x', (size_t)bytes);
    for (uint64_t i = 0; i < lines; i++)
        evhttp_add_header(evhttp_request_get_output_headers(request), "X",
                          text);
    free(text);
}

void reply_with_bytes(struct replies *replies, struct evhttp_request *request,
                      const char *size, const struct evkeyvalq *query)
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
        .replies = replies,
        .request = request,
        .announced = bytes,
        .left = bytes,
        .latency_us = (uint64_t)(replies->config->latency_s * 1e6) +
                      query_number(query, "later", 0) % 100000 * 1000,
        .excess = query_number(query, "by", EXCESS_BYTES) % INT32_MAX,
        .fault = fault_named(evhttp_find_header(query, "fault")),
    };
    replies->requests++;
    if (query_number(query, "nth", replies->requests) != replies->requests)
        reply->fault = NO_FAULT;
    at_once_enter(&replies->at_once);
    evhttp_connection_set_timeout(connection, REPLY_S);
    evhttp_connection_set_closecb(connection, on_gone, reply);
    evhttp_request_set_on_complete_cb(request, on_complete, reply);
    reply->timer = evtimer_new(replies->base, on_timer, reply);
    add_header(request, query);
    uint64_t together = query_number(query, "together", 1);
    if (together > 1)
        gather(reply, together, query_number(query, "within", 0) % 100000);
    else
        wait_latency(reply);
}
