/* SPDX-License-Identifier: MIT */
#include "common/net/mirror.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/lab/screen.h"
#include "common/net/url.h"

/* What --size says; else what one connection alone gets in --seconds. */
static uint64_t size_for(const struct options *options)
{
    if (options->size_bytes)
        return options->size_bytes;
    uint64_t rate = options->rate_bytes_s;
    if (!rate || (options->link_bytes_s && options->link_bytes_s < rate))
        rate = options->link_bytes_s;
    double bytes = options->seconds * (double)rate;
    return bytes < 1 ? 1 : (uint64_t)bytes;
}

void mirror_open(struct mirror *mirror, const struct options *options,
                 uint64_t connections)
{
    mirror_open_another(mirror, options, connections);
    if (mirror->local)
        screen_line("a download is %" PRIu64 " bytes", mirror->bytes);
}

static void start_local(struct mirror *mirror, const struct options *options)
{
    struct server_config config = {
        .rate_bytes_s = options->rate_bytes_s,
        .link_bytes_s = options->link_bytes_s,
        .latency_s = options->latency_s,
    };
    const struct server *server = &mirror->server;
    server_start(&mirror->server, &config);
    mirror->local = true;
    mirror->rate_bytes_s = config.rate_bytes_s;
    mirror->link_bytes_s = config.link_bytes_s;
    mirror->bytes = size_for(options);
    snprintf(mirror->local_url, sizeof mirror->local_url, "%s%s/bytes/%" PRIu64,
             server->address, server->word, mirror->bytes);
    snprintf(mirror->local_shown, sizeof mirror->local_shown,
             "%s/bytes/%" PRIu64, server->address, mirror->bytes);
    mirror->url = mirror->local_url;
    mirror->shown = mirror->local_shown;
}

void mirror_open_another(struct mirror *mirror, const struct options *options,
                         uint64_t connections)
{
    *mirror = (struct mirror){.connections = connections,
                              .timeout_s = options->timeout_s};
    if (options->url) {
        url_check(options->url);
        mirror->url = options->url;
        mirror->shown = url_shown(options->url);
    }
    /* A running download holds three descriptors, one more while it looks up
     * a name; the server's process holds one for it. */
    uint64_t each = options->url ? 4 : 3;
    allow_descriptors(each * connections + 64, connections, "download needs",
                      "downloads at once need");
    if (!options->url)
        start_local(mirror, options);
    CURLcode error = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (error)
        fail("libcurl cannot start: %s", curl_easy_strerror(error));
    mirror->headers = curl_slist_append(NULL, "Connection: close");
    if (!mirror->headers)
        fail("libcurl cannot start: no memory");
}

struct source mirror_source(const struct mirror *mirror)
{
    return (struct source){.url = mirror->shown,
                           .bytes = mirror->bytes,
                           .rate_bytes_s = mirror->rate_bytes_s,
                           .link_bytes_s = mirror->link_bytes_s};
}

void mirror_close(struct mirror *mirror, struct run *run)
{
    curl_slist_free_all(mirror->headers);
    curl_global_cleanup();
    if (!mirror->local)
        return;
    struct server_counts counts = server_stop(&mirror->server);
    if (counts.at_once)
        run_figure(run, "server_at_once", "server saw", 0,
                   (double)counts.at_once);
}
