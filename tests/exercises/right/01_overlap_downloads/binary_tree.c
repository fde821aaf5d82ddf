/* SPDX-License-Identifier: MIT
 *
 * Right: a binary tree of threads: each starts two, for half of the addresses
 * each, and joins them.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
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

struct span {
    struct fetch *fetch;
    size_t n;
    bool ok;
};

static void *run(void *a)
{
    struct span *s = a;
    if (s->n == 1) {
        s->ok = true;
        download_one(s->fetch);
        return NULL;
    }
    struct span l = {s->fetch, s->n / 2, false},
                r = {s->fetch + s->n / 2, s->n - s->n / 2, false};
    pthread_t lt, rt;
    bool lo = !pthread_create(&lt, NULL, run, &l),
         ro = lo && !pthread_create(&rt, NULL, run, &r);
    if (lo)
        pthread_join(lt, NULL);
    if (ro)
        pthread_join(rt, NULL);
    s->ok = lo && ro && l.ok && r.ok;
    return NULL;
}

static bool download_all(struct fetch *fetch, size_t fetches)
{
    struct span s = {fetch, fetches, false};
    pthread_t t;
    if (pthread_create(&t, NULL, run, &s))
        return false;
    pthread_join(t, NULL);
    return s.ok;
}

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
