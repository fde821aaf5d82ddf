/* SPDX-License-Identifier: MIT */
#include "download.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    BUFFER_BYTES = 100 * 1024,
    MAX_REDIRECTS = 10
};

struct transfer {
    CURL *handle;
    struct task *task;
    const struct mirror *mirror;
    uint64_t got_bytes;
    bool too_long;
};

static size_t take_bytes(char *data, size_t one, size_t bytes, void *argument)
{
    (void)data;
    (void)one;
    struct transfer *transfer = argument;
    struct task *task = transfer->task;
    if (!transfer->got_bytes && !transfer->mirror->bytes) {
        curl_off_t length = 0;
        curl_easy_getinfo(transfer->handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T,
                          &length);
        if (length > 0)
            atomic_store_explicit(&task->todo, (uint64_t)length,
                                  memory_order_relaxed);
    }
    transfer->got_bytes += bytes;
    atomic_store_explicit(&task->done, transfer->got_bytes,
                          memory_order_relaxed);
    if (transfer->mirror->bytes &&
        transfer->got_bytes > transfer->mirror->bytes) {
        transfer->too_long = true;
        return 0;
    }
    return bytes;
}

/* libcurl takes only the announced length. What came behind it with the first
 * bytes it drops, which only its log tells; what came later is unread still. */
static int watch_log(CURL *handle, curl_infotype type, char *text, size_t size,
                     void *argument)
{
    (void)handle;
    static const char excess[] = "Excess found";
    struct transfer *transfer = argument;
    if (type == CURLINFO_TEXT && size >= sizeof excess - 1 &&
        memcmp(text, excess, sizeof excess - 1) == 0)
        transfer->too_long = true;
    return 0;
}

static bool more_came(CURL *handle)
{
    const char *scheme = NULL;
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(handle, CURLINFO_SCHEME, &scheme);
    curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &fd);
    char byte;
    return fd != CURL_SOCKET_BAD && scheme && strcasecmp(scheme, "http") == 0 &&
           recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static void set_options(struct transfer *transfer, char *reason)
{
    CURL *handle = transfer->handle;
    const struct mirror *mirror = transfer->mirror;
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
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(handle, CURLOPT_MAXREDIRS, (long)MAX_REDIRECTS);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)mirror->timeout_s);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)mirror->timeout_s);
    curl_easy_setopt(handle, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, watch_log);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
}

void download(struct task *task, const struct mirror *mirror)
{
    struct transfer transfer = {
        .handle = curl_easy_init(), .task = task, .mirror = mirror};
    if (!transfer.handle) {
        task_fail(task, "libcurl has no memory for a download");
        return;
    }
    char reason[CURL_ERROR_SIZE] = "";
    set_options(&transfer, reason);
    int64_t began_ns = wall_ns();
    CURLcode error = curl_easy_perform(transfer.handle);
    lane_add(&task->lane, LANE_IO, began_ns, wall_ns());
    task->result = transfer.got_bytes;
    if (!error && more_came(transfer.handle))
        transfer.too_long = true;
    if (transfer.too_long)
        task_fail(task, "%s: the body is longer than announced", mirror->url);
    else if (error)
        task_fail(task, "%s: %s", mirror->url,
                  reason[0] ? reason : curl_easy_strerror(error));
    else if (mirror->bytes && transfer.got_bytes != mirror->bytes)
        task_fail(task, "%s: got %" PRIu64 " bytes of %" PRIu64, mirror->url,
                  transfer.got_bytes, mirror->bytes);
    curl_easy_cleanup(transfer.handle);
}
