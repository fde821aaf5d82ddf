/* SPDX-License-Identifier: MIT
 *
 * Right: each thread starts the next one, downloads, and joins it.
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

struct rest {
    struct fetch *fetch;
    size_t fetches;
    bool refused; /* there is no thread for one of them */
};

static void *body(void *argument)
{
    struct rest *rest = argument;
    bool last = rest->fetches == 1;
    /* Refused, until the next thread says something else. */
    struct rest next = {rest->fetch + 1, rest->fetches - 1, !last};
    pthread_t thread;
    bool started = !last && pthread_create(&thread, NULL, body, &next) == 0;
    download_one(rest->fetch);
    if (started)
        pthread_join(thread, NULL);
    rest->refused = next.refused;
    return NULL;
}

static bool download_all(struct fetch *fetch, size_t fetches)
{
    struct rest all = {fetch, fetches, false};
    body(&all);
    return !all.refused;
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
