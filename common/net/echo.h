/* SPDX-License-Identifier: MIT
 *
 * An echo over UDP on the loopback address, the simplest I/O that really
 * blocks. The answer takes 0.2 ms, as from a near network: a bare echo is back
 * after 40 us, before another thread has woken up to use the time.
 *
 * The answering side is a process of its own, so that it never needs the
 * interpreter lock. It ends when the lab ends (base/child.h).
 */
#ifndef NET_ECHO_H
#define NET_ECHO_H

#include <stdint.h>

#include "common/base/child.h"

struct echo {
    int fd;             /* UDP, connected to the answering side */
    struct child child; /* the answering side */
    uint64_t request;   /* the number of the last one */
};

/* Start the answering side. Fails where there is no port, no loopback interface
 * or no process. The lab must have one thread. */
void echo_start(struct echo *echo);
void echo_stop(struct echo *echo);

/* Send a request and sleep until its answer is there. A lost packet is sent
 * again after a second. Returns 0, or the errno that says why there is no
 * answer: ECONNREFUSED where the answering side has ended, ETIMEDOUT after ten
 * seconds. One thread at a time may call this. */
int echo_round_trip(struct echo *echo);

#endif
