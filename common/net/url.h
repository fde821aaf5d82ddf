/* SPDX-License-Identifier: MIT
 *
 * The address that --url names, and how it may be shown: without the user and
 * the password that it may have.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <stddef.h>

/* Fail, as for a mistake in the command line, if `url` is not an address of
 * http or https. */
void url_check(const char *url);

/* `url` without user and password. Lasts as long as the program. */
const char *url_shown(const char *url);

/* Remove the user and the password of each address in a message. */
void url_hide_users(char *message);

/* Write " (http_proxy is PROXY)" into `note` if the environment names a proxy
 * for such an address, without the proxy's user and password; else "". */
void url_proxy_note(const char *url, char *note, size_t size);

#endif
