/* SPDX-License-Identifier: MIT
 *
 * An echo over UDP on the loopback address, the simplest I/O that really
 * blocks. The answer takes 0.2 ms, as from a near network: a bare echo is back
 * after 40 us, before another thread has woken up to use the time.
 *
 * The answering side is a process of its own, so that it never needs the
 * interpreter lock, and it ends when the lab ends, however that ends: it
 * watches a pipe to its parent and stops at end-of-file.
 */
#ifndef NET_ECHO_H
#define NET_ECHO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct echo {
    int fd;           /* UDP, connected to the answering side */
    int control;      /* pipe to its process; closing it ends that */
    pid_t pid;        /* of it */
    uint64_t request; /* the last one's number */
};

/* Start the answering side. Fails if there is no port, no loopback or no
 * process. Must be called while the process has one thread. */
void echo_start(struct echo *echo);
void echo_stop(struct echo *echo);

/* One round trip; the thread sleeps until the answer is there. A lost packet is
 * sent again after a second. Returns 0, or the errno that says why there is no
 * answer: ECONNREFUSED where the answering side has gone, ETIMEDOUT after ten
 * seconds. One thread at a time. */
int echo_round_trip(struct echo *echo);

#endif
