/* SPDX-License-Identifier: MIT
 *
 * One download with libcurl: http and https only, also after a redirect, on a
 * connection of its own. A thread that has nothing else to do calls
 * download(). One that waits for many puts them into a multi handle of libcurl
 * and runs that.
 */
#ifndef NET_DOWNLOAD_H
#define NET_DOWNLOAD_H

#include <curl/curl.h>

#include "common/net/mirror.h"
#include "common/run/tasks.h"

/* A download between its begin and its end, where it must not move: libcurl
 * knows its address, and the handle has it as its CURLINFO_PRIVATE. */
struct download {
    CURL *handle;
    struct task *task;
    const struct mirror *mirror;
    int64_t began_ns;
    uint64_t got_bytes;
    bool plain; /* http, not https: what is unread is the body's */
    bool too_long;
    char reason[CURL_ERROR_SIZE];
};

/* Download what the mirror offers and throw it away; the caller's thread waits
 * until the last byte is there. Sets the task's result to the bytes received;
 * a download that is refused, cut short, reset, too long, stands still for the
 * mirror's timeout or gets an HTTP error has failed, with the reason in the
 * task. */
void download(struct task *task, const struct mirror *mirror);

/* The two halves of it, around libcurl's work on the handle. After a begin that
 * returns false the task has failed, and there is nothing to end. The end sets
 * the task's time; its share of CPU time is not known. */
bool download_begin(struct download *download, struct task *task,
                    const struct mirror *mirror);
void download_end(struct download *download, CURLcode outcome);

/* All of a run's downloads in one multi handle: begin them and add them, which
 * sets the run's startup_s (free() the array when the multi handle has been
 * cleaned up); take out, end and announce those that libcurl has done with. */
struct download *downloads_add(CURLM *multi, struct run *run,
                               const struct mirror *mirror);
void downloads_take_finished(CURLM *multi);

#endif
