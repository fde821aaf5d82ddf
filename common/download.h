/* SPDX-License-Identifier: MIT
 *
 * One download with libcurl's easy interface: a handle of its own for each
 * thread, http and https only, also after a redirect.
 */
#ifndef COMMON_DOWNLOAD_H
#define COMMON_DOWNLOAD_H

#include "mirror.h"
#include "tasks.h"

/* Download what the mirror offers and throw it away; the caller's thread waits
 * until the last byte is there. Sets the task's result to the bytes received;
 * a download that is refused, cut short, reset, too long, stands still for the
 * mirror's timeout or gets an HTTP error has failed, with the reason in the
 * task. */
void download(struct task *task, const struct mirror *mirror);

#endif
