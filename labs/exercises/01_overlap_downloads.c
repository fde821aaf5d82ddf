/* SPDX-License-Identifier: MIT
 *
 * Exercise 01: overlap the downloads.
 *
 *     build/exercises/01_overlap_downloads URL...
 *
 * This program downloads every address. It prints a line for each one, in the
 * order given, and the sum of the bytes. It is right, but slow: each download
 * waits for the one before it, and nearly all of that time is waiting. To try
 * it by hand:
 *
 *     build/local_server --rate 200k     (Ctrl-D ends it)
 *     build/exercises/01_overlap_downloads http://127.0.0.1:PORT/bytes/400000 \
 *         http://127.0.0.1:PORT/bytes/500000 http://127.0.0.1:PORT/status/404
 *
 * Your task, in download_all() and above it: let all downloads run at the same
 * time, with one thread per download.
 *   safe: the lines and the sum are as before. A download that fails says why
 *         in its line. It does not disturb the others, and the exit status is
 *         1. If the system has no thread for you, return false. Then one line
 *         says so, the exit status is 1, and no thread is left behind.
 *   fast: no download waits for another one to begin.
 *
 * Grade it: make grade EX=01_overlap_downloads (more hints: HINT=2, HINT=3)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "common/base/fail.h"
#include "common/net/download.h"

struct fetch {
    const char *url;
    uint64_t bytes;
    char error[512]; /* as a task's; "": it did not fail */
};

/* Download fetch->url; returns when the last byte is there, or it failed. */
static void download_one(struct fetch *fetch)
{
    struct task task = {.number = 1};
    struct mirror mirror = {
        .url = fetch->url, .shown = fetch->url, .local = true, .timeout_s = 20};
    download(&task, &mirror);
    fetch->bytes = task.result;
    memcpy(fetch->error, task.error, sizeof fetch->error);
}

/* ---- yours: from here ---- */

static bool download_all(struct fetch *fetch, size_t fetches)
{
    for (size_t i = 0; i < fetches; i++)
        download_one(&fetch[i]);
    return true;
}

/* ---- to here ---- */

int main(int argc, char **argv)
{
    fail_name("01_overlap_downloads");
    if (argc < 2)
        fail_usage("give it the addresses to download, one or more");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    size_t fetches = (size_t)argc - 1;
    struct fetch *fetch = allocate(fetches, sizeof *fetch);
    for (size_t i = 0; i < fetches; i++)
        fetch[i].url = argv[i + 1];
    if (!download_all(fetch, fetches))
        fail("there is no thread for every download");

    uint64_t total = 0;
    int status = 0;
    for (size_t i = 0; i < fetches; i++) {
        if (fetch[i].error[0]) {
            printf("download %zu failed: %s\n", i + 1, fetch[i].error);
            status = STATUS_FAILED;
        } else {
            printf("download %zu: %" PRIu64 " bytes\n", i + 1, fetch[i].bytes);
            total += fetch[i].bytes;
        }
    }
    printf("total: %" PRIu64 " bytes\n", total);
    free(fetch);
    curl_global_cleanup();
    return status;
}
