/* SPDX-License-Identifier: MIT
 *
 * Wrong: joins the last thread only.
 * Loses: every download is there, in its own line
 * May lose: all downloads run at the same time
 * Loses: a download that fails is told, the others are not disturbed
 * Loses: a thread that the system refuses is one line and exit status 1
 * Loses: ThreadSanitizer finds no race
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
    char error[300]; /* "": it did not fail */
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

static void *body(void *fetch)
{
    download_one(fetch);
    return NULL;
}

static bool download_all(struct fetch *fetch, size_t fetches)
{
    pthread_t thread;
    for (size_t i = 0; i < fetches; i++)
        if (pthread_create(&thread, NULL, body, &fetch[i]) != 0)
            return false;
    pthread_join(thread, NULL);
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
