/* SPDX-License-Identifier: MIT
 *
 * One download with libcurl, by HTTP or HTTPS, also after a redirect. Each has
 * a connection of its own. A thread that waits for one download calls
 * download(). A thread that waits for many puts them into a multi handle of
 * libcurl.
 */
#ifndef NET_DOWNLOAD_H
#define NET_DOWNLOAD_H

#include <curl/curl.h>

#include "common/net/mirror.h"
#include "common/run/tasks.h"

/* A download from download_begin() to download_end(). It must not move: libcurl
 * knows its address, and the handle has it as its CURLINFO_PRIVATE. */
struct download {
    CURL *handle;
    struct task *task;
    const struct mirror *mirror;
    int64_t began_ns;
    uint64_t got_bytes; /* of the body */
    int64_t whole_ns;   /* when all that were announced had come; 0: not yet */

    /* What the last answer said. */
    char answer[64]; /* its first line: HTTP/1.1 404 Not Found */
    bool in_header;
    bool announced; /* it has a Content-Length, and this is it */
    uint64_t announced_bytes;
    bool chunked;
    uint64_t header_bytes; /* of all answers */

    const char *wrong; /* why we told libcurl to stop; NULL: we did not */
    char reason[CURL_ERROR_SIZE];
};

/* Download what the mirror offers and throw it away. The calling thread waits
 * until the last byte has come. Sets the task's result to the bytes received.
 * The task has failed, and says why, if
 *   - the download was refused, cut short, reset, longer than announced, or
 *     empty;
 *   - nothing came for the mirror's timeout;
 *   - the last answer's status was not 200 to 299. */
void download(struct task *task, const struct mirror *mirror);

/* What download() does before and after libcurl's work on the handle. If the
 * first returns false, the task has failed and there is nothing to end. The
 * second sets the task's time, except for its CPU time, which is not known. */
bool download_begin(struct download *download, struct task *task,
                    const struct mirror *mirror);
void download_end(struct download *download, CURLcode outcome);

/* Begin all downloads of a run and add them to a multi handle. Sets the run's
 * startup_s. The array is the caller's, to free() after the multi handle has
 * been cleaned up. */
struct download *downloads_add(CURLM *multi, struct run *run,
                               const struct mirror *mirror);

/* Remove, end and report the downloads that libcurl has completed. */
void downloads_take_finished(CURLM *multi);

#endif
