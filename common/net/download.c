/* SPDX-License-Identifier: MIT */
#include "common/net/download.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/fail.h"
#include "common/base/number.h"
#include "common/net/url.h"

enum {
    BUFFER_BYTES = 100 * 1024,
    LEAST_BUFFER_BYTES = 8 * 1024,
    ALL_BUFFERS_BYTES = 8 * 1024 * 1024,
    MOST_HEADER_BYTES = 256 * 1024, /* libcurl's own limits are higher */
    MAX_REDIRECTS = 10,
    GIVE_UP_MS = 3000
};

/* libcurl ends the transfer when a callback returns other than it expects. */
static size_t stop(struct download *download, const char *wrong)
{
    download->wrong = wrong;
    return 0;
}

static void begin_answer(struct download *download, const char *line,
                         size_t bytes)
{
    snprintf(download->answer, sizeof download->answer, "%.*s", (int)bytes,
             line);
    download->answer[strcspn(download->answer, "\r\n")] = '\0';
    download->in_header = true;
    download->announced = false;
    download->announced_bytes = 0;
    download->chunked = false;
    download->whole_ns = 0;
    /* See read_to_the_end(). Nobody looks at the body of a redirect. */
    const char *status = strchr(download->answer, ' ');
    curl_easy_setopt(download->handle, CURLOPT_IGNORE_CONTENT_LENGTH,
                     status && status[1] == '3' ? 0L : 1L);
}

/* The value of a header line, if that has this name; else NULL. `value` has
 * room for what is not longer than a number. */
static const char *header_value(const char *line, size_t bytes,
                                const char *name, char *value, size_t size)
{
    size_t length = strlen(name);
    if (bytes <= length || strncasecmp(line, name, length) != 0)
        return NULL;
    const char *begin = line + length;
    const char *end = line + bytes;
    while (begin < end && isspace((unsigned char)*begin))
        begin++;
    while (end > begin && isspace((unsigned char)end[-1]))
        end--;
    snprintf(value, size, "%.*s", (int)(end - begin), begin);
    return value;
}

static size_t take_header(char *line, size_t one, size_t bytes, void *argument)
{
    (void)one;
    struct download *download = argument;
    char text[32];
    download->header_bytes += bytes;
    if (download->header_bytes > MOST_HEADER_BYTES)
        return stop(download, "the answer's header is longer than 256 KiB");
    if (!download->in_header) {
        if (bytes > 5 && memcmp(line, "HTTP/", 5) == 0)
            begin_answer(download, line, bytes);
        return bytes;
    }
    if (header_value(line, bytes, "Content-Length:", text, sizeof text)) {
        uint64_t length;
        if (!number_whole(text, &length) ||
            (download->announced && download->announced_bytes != length))
            return stop(download, "the answer's Content-Length is no number");
        download->announced = true;
        download->announced_bytes = length;
    } else if (header_value(line, bytes, "Transfer-Encoding:", text,
                            sizeof text)) {
        download->chunked = true;
    } else if (line[0] == '\r' || line[0] == '\n') {
        download->in_header = false;
        if (download->chunked) /* then a Content-Length means nothing */
            download->announced = false;
        if (download->announced && download->announced_bytes == 0)
            download->whole_ns = wall_ns();
    }
    return bytes;
}

static bool is_whole(const struct download *download)
{
    return download->announced &&
           download->got_bytes == download->announced_bytes;
}

static size_t take_bytes(char *data, size_t one, size_t bytes, void *argument)
{
    (void)data;
    (void)one;
    struct download *download = argument;
    struct task *task = download->task;
    if (!download->got_bytes && download->announced && !download->mirror->bytes)
        atomic_store_explicit(&task->todo, download->announced_bytes,
                              memory_order_relaxed);
    download->got_bytes += bytes;
    atomic_store_explicit(&task->done, download->got_bytes,
                          memory_order_relaxed);
    if (download->announced && download->got_bytes > download->announced_bytes)
        return stop(download, "the body is longer than announced");
    if (is_whole(download))
        download->whole_ns = wall_ns();
    return bytes;
}

/* A server that keeps the connection open, although it was asked to close it,
 * is given up after the last byte. */
static int give_up(void *argument, curl_off_t todo, curl_off_t done,
                   curl_off_t todo_up, curl_off_t done_up)
{
    (void)todo;
    (void)done;
    (void)todo_up;
    (void)done_up;
    const struct download *download = argument;
    return download->whole_ns &&
           (wall_ns() - download->whole_ns) / 1000000 > GIVE_UP_MS;
}

/* A large buffer fills when its reader is late, which is what a thousand are:
 * they share ALL_BUFFERS_BYTES. */
static long buffer_bytes(const struct mirror *mirror)
{
    if (mirror->connections <= ALL_BUFFERS_BYTES / BUFFER_BYTES)
        return BUFFER_BYTES;
    uint64_t share = ALL_BUFFERS_BYTES / mirror->connections;
    return share < LEAST_BUFFER_BYTES ? LEAST_BUFFER_BYTES : (long)share;
}

/* A body is read to the end of the connection, and its length is compared with
 * the announced one here. libcurl alone would stop at the announced length, and
 * what it does with the bytes behind differs between its versions. */
static void read_to_the_end(struct download *download)
{
    CURL *handle = download->handle;
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    /* A mirror that nobody opened, as in exercise 01, has no headers. */
    static char text[] = "Connection: close";
    static struct curl_slist close_it = {text, NULL};
    struct curl_slist *headers = download->mirror->headers;
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers ? headers : &close_it);
    if (download->mirror->local)
        return; /* it closes when it is asked to */
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, give_up);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, download);
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

static void set_options(struct download *download)
{
    CURL *handle = download->handle;
    const struct mirror *mirror = download->mirror;
    curl_easy_setopt(handle, CURLOPT_URL, mirror->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    long protocols = CURLPROTO_HTTP | CURLPROTO_HTTPS;
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS, protocols);
    curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS, protocols);
#endif
    if (mirror->local)
        curl_easy_setopt(handle, CURLOPT_PROXY, "");
    /* Nor search for an idle connection, nor keep one: with 5,000 downloads in
     * one multi handle these searches took a second at either end. */
    curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(handle, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)mirror->timeout_s);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)mirror->timeout_s);
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, buffer_bytes(mirror));
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, download->reason);
    curl_easy_setopt(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, download);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, download);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, download);
    read_to_the_end(download);
}

bool download_begin(struct download *download, struct task *task,
                    const struct mirror *mirror)
{
    *download = (struct download){.handle = curl_easy_init(),
                                  .task = task,
                                  .mirror = mirror,
                                  .began_ns = wall_ns()};
    if (download->handle)
        set_options(download);
    else
        task_fail(task, "libcurl has no memory for a download");
    return download->handle;
}

/* libcurl's reason, behind what had come before it. */
static void libcurl_reason(struct download *download, CURLcode outcome,
                           char *why, size_t size)
{
    char so_far[64] = "";
    if (download->announced && download->announced_bytes)
        snprintf(so_far, sizeof so_far,
                 "got %" PRIu64 " bytes of %" PRIu64 ": ", download->got_bytes,
                 download->announced_bytes);
    else if (download->got_bytes)
        snprintf(so_far, sizeof so_far,
                 "got %" PRIu64 " bytes: ", download->got_bytes);
    url_hide_users(download->reason);
    snprintf(why, size, "%scurl: (%d) %s", so_far, (int)outcome,
             download->reason[0] ? download->reason
                                 : curl_easy_strerror(outcome));
}

/* libcurl says "out of memory" of a line that is longer than it takes, and
 * since 8.6 CURLE_TOO_LARGE. */
static bool line_too_long(const struct download *download, CURLcode outcome)
{
    enum {
        TOO_LARGE = 100
    };
    return download->in_header &&
           (outcome == CURLE_OUT_OF_MEMORY || (int)outcome == TOO_LARGE);
}

/* Why the download failed goes to `why`: "" if it did not. */
static void judge(struct download *download, CURLcode outcome, char *why,
                  size_t size)
{
    uint64_t got = download->got_bytes;
    long status = 0;
    curl_easy_getinfo(download->handle, CURLINFO_RESPONSE_CODE, &status);
    bool ended = !outcome || outcome == CURLE_ABORTED_BY_CALLBACK;
    why[0] = '\0';
    if (download->wrong)
        snprintf(why, size, "%s", download->wrong);
    else if (line_too_long(download, outcome))
        snprintf(why, size,
                 "a line of the answer's header is longer than "
                 "libcurl accepts");
    else if (download->answer[0] &&
             (outcome == CURLE_HTTP_RETURNED_ERROR || status / 100 == 1 ||
              (ended && status / 100 != 2)))
        snprintf(why, size, "the answer was %s", download->answer);
    else if (is_whole(download) && got > 0)
        return; /* whatever happened to the connection afterwards */
    else if (!ended)
        libcurl_reason(download, outcome, why, size);
    else if (got == 0 && !download->announced_bytes)
        snprintf(why, size, "the answer was %s, without a body",
                 download->answer);
    else if (download->announced)
        snprintf(why, size, "got %" PRIu64 " bytes of %" PRIu64, got,
                 download->announced_bytes);
}

void download_end(struct download *download, CURLcode outcome)
{
    struct task *task = download->task;
    const struct mirror *mirror = download->mirror;
    int64_t ended_ns = wall_ns();
    lane_add(&task->lane, LANE_IO, download->began_ns, ended_ns);
    task->time.wall_s = (double)(ended_ns - download->began_ns) / 1e9;
    task->time.cpu_s = -1;
    task->result = download->got_bytes;
    char why[CURL_ERROR_SIZE + 96];
    char proxy[100] = "";
    judge(download, outcome, why, sizeof why);
    if (why[0] && !mirror->local)
        url_proxy_note(mirror->url, proxy, sizeof proxy);
    if (why[0])
        task_fail(task, "%s: %s%s", mirror->shown, why, proxy);
    curl_easy_cleanup(download->handle);
}

void download(struct task *task, const struct mirror *mirror)
{
    struct download alone;
    if (download_begin(&alone, task, mirror))
        download_end(&alone, curl_easy_perform(alone.handle));
}

struct download *downloads_add(CURLM *multi, struct run *run,
                               const struct mirror *mirror)
{
    struct download *download = allocate(run->tasks, sizeof *download);
    for (size_t i = 0; i < run->tasks; i++) {
        if (!download_begin(&download[i], &run->task[i], mirror))
            continue;
        if (curl_multi_add_handle(multi, download[i].handle))
            download_end(&download[i], CURLE_OUT_OF_MEMORY);
        else
            at_once_enter(&run->at_once);
    }
    run->startup_s = stopwatch_read(&run->watch).wall_s;
    return download;
}

void downloads_take_finished(CURLM *multi)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
        CURLcode outcome = message->data.result;
        struct download *download;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &download);
        curl_multi_remove_handle(multi, download->handle);
        download_end(download, outcome);
        at_once_leave(&download->task->run->at_once);
        task_ended(download->task);
    }
}
