/* SPDX-License-Identifier: MIT */
#include "common/net/url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/base/fail.h"

static const char *reason_of(CURLUcode error)
{
#if LIBCURL_VERSION_NUM >= 0x075000
    return curl_url_strerror(error);
#else
    (void)error;
    return "libcurl cannot read it";
#endif
}

/* Where the user or the host begins: behind "http://", or with one slash, which
 * libcurl accepts. */
static char *authority(char *url)
{
    char *end = url;
    while (isalnum((unsigned char)*end) || *end == '+' || *end == '-' ||
           *end == '.')
        end++;
    if (end[0] != ':' || end[1] != '/')
        return url;
    return end + 1 + strspn(end + 1, "/");
}

/* Remove what stands before the last '@' from `begin` to `end`. */
static void cut_user(char *begin, char *end)
{
    for (char *at = end; at > begin; at--) {
        if (at[-1] != '@')
            continue;
        memmove(begin, at, strlen(at) + 1);
        return;
    }
}

/* In an address that is not valid anything may belong to the password. */
static char *without_user(const char *url, bool valid)
{
    char *copy = allocate(strlen(url) + 1, 1);
    strcpy(copy, url);
    char *host = authority(copy);
    cut_user(host, host + (valid ? strcspn(host, "/?#") : strlen(host)));
    return copy;
}

void url_check(const char *url)
{
    CURLU *parsed = curl_url();
    char *scheme = NULL;
    if (!parsed)
        fail("libcurl has no memory for an address");
    CURLUcode error = curl_url_set(parsed, CURLUPART_URL, url, 0);
    if (error)
        fail_usage("--url: '%s' is not an http:// or https:// address: %s",
                   without_user(url, false), reason_of(error));
    curl_url_get(parsed, CURLUPART_SCHEME, &scheme, 0);
    if (!scheme ||
        (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        fail_usage("--url: '%s' is not an http:// or https:// address",
                   without_user(url, true));
    curl_free(scheme);
    curl_url_cleanup(parsed);
}

const char *url_shown(const char *url)
{
    static char *shown; /* there is one --url */
    if (!shown)
        shown = without_user(url, true);
    return shown;
}

/* The end of a word; of a quoted text, which may have blanks, the last quote.
 */
static char *word_end(char *word, char before)
{
    char *quote =
        before == '\'' || before == '"' ? strrchr(word, before) : NULL;
    return quote ? quote : word + strcspn(word, " '\"");
}

void url_hide_users(char *message)
{
    char before = ' ';
    for (char *word = message; *word;) {
        char *end = word_end(word, before);
        char *host = authority(word);
        char *rest = end;
        if (host < end) {
            size_t left = strlen(end);
            cut_user(host, end);
            rest = host + strlen(host) - left;
        }
        before = *rest;
        word = *rest ? rest + 1 : rest;
    }
}

void url_proxy_note(const char *url, char *note, size_t size)
{
    static const char *const of_http[] = {"http_proxy", "all_proxy",
                                          "ALL_PROXY", NULL};
    static const char *const of_https[] = {"https_proxy", "HTTPS_PROXY",
                                           "all_proxy", "ALL_PROXY", NULL};
    note[0] = '\0';
    const char *const *name =
        strncasecmp(url, "https:", 6) == 0 ? of_https : of_http;
    for (; *name; name++) {
        const char *proxy = getenv(*name);
        if (!proxy || !proxy[0])
            continue;
        char *shown = without_user(proxy, false);
        snprintf(note, size, " (%s is %s)", *name, shown);
        free(shown);
        return;
    }
}
