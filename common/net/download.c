/* SPDX-License-Identifier: MIT */
#include "common/net/download.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/fail.h"

enum {
    BUFFER_BYTES = 100 * 1024,
    LEAST_BUFFER_BYTES = 8 * 1024,
    ALL_BUFFERS_BYTES = 8 * 1024 * 1024,
    MAX_REDIRECTS = 10
};

static size_t take_bytes(char *data, size_t one, size_t bytes, void *argument)
{
    (void)data;
    (void)one;
    struct download *download = argument;
    struct task *task = download->task;
    if (!download->got_bytes) {
        const char *scheme = NULL;
        curl_off_t length = 0;
        curl_easy_getinfo(download->handle, CURLINFO_SCHEME, &scheme);
        download->plain = scheme && strcasecmp(scheme, "http") == 0;
        curl_easy_getinfo(download->handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                          &length);
        if (length > 0 && !download->mirror->bytes)
            atomic_store_explicit(&task->todo, (uint64_t)length,
                                  memory_order_relaxed);
    }
    download->got_bytes += bytes;
    atomic_store_explicit(&task->done, download->got_bytes,
                          memory_order_relaxed);
    if (download->mirror->bytes &&
        download->got_bytes > download->mirror->bytes) {
        download->too_long = true;
        return 0;
    }
    return bytes;
}

/* libcurl takes only the announced length. What came behind it together with
 * the header it drops, which only its log tells (watch_log); what came later is
 * still unread when the connection closes (close_socket; libcurl's sockets do
 * not block). */
static int watch_log(CURL *handle, curl_infotype type, char *text, size_t size,
                     void *argument)
{
    (void)handle;
    static const char excess[] = "Excess found";
    struct download *download = argument;
    if (type == CURLINFO_TEXT && size >= sizeof excess - 1 &&
        memcmp(text, excess, sizeof excess - 1) == 0)
        download->too_long = true;
    return 0;
}

static int close_socket(void *argument, curl_socket_t fd)
{
    struct download *download = argument;
    char byte;
    if (download->plain && recv(fd, &byte, 1, MSG_PEEK) > 0)
        download->too_long = true;
    return close(fd);
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
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, download);
    curl_easy_setopt(handle, CURLOPT_PRIVATE, download);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, close_socket);
    curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, download);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, watch_log);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, download);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
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

void download_end(struct download *download, CURLcode outcome)
{
    struct task *task = download->task;
    const struct mirror *mirror = download->mirror;
    int64_t ended_ns = wall_ns();
    lane_add(&task->lane, LANE_IO, download->began_ns, ended_ns);
    task->time.wall_s = (double)(ended_ns - download->began_ns) / 1e9;
    task->time.cpu_s = -1;
    task->result = download->got_bytes;
    if (download->too_long)
        task_fail(task, "%s: the body is longer than announced", mirror->url);
    else if (outcome)
        task_fail(task, "%s: %s", mirror->url,
                  download->reason[0] ? download->reason
                                      : curl_easy_strerror(outcome));
    else if (mirror->bytes && download->got_bytes != mirror->bytes)
        task_fail(task, "%s: got %" PRIu64 " bytes of %" PRIu64, mirror->url,
                  download->got_bytes, mirror->bytes);
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
