/* SPDX-License-Identifier: MIT */
#include "common/net/echo.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/portable.h"
#include "common/base/timing.h"
#include "common/net/loopback.h"

enum {
    TRIES = 10,         /* a second each */
    ANSWER_NS = 200000, /* how long an answer takes */
};

/* The child's life: send back what comes, until the lab ends. */
static _Noreturn void answer(int fd, int lab)
{
    struct pollfd watched[] = {{.fd = fd, .events = POLLIN},
                               {.fd = lab, .events = POLLIN}};
    for (;;) {
        uint64_t packet;
        if (poll(watched, 2, -1) == -1) {
            if (errno == EINTR)
                continue;
            _exit(STATUS_FAILED);
        }
        if (watched[1].revents)
            _exit(0);
        if (watched[0].revents &&
            recv(fd, &packet, sizeof packet, 0) == sizeof packet) {
            sleep_ns(ANSWER_NS);
            (void)send(fd, &packet, sizeof packet, 0);
        }
    }
}

/* The two sockets are connected to each other, so nobody else's packets arrive.
 * Once the answering side has ended, ours get "connection refused". */
void echo_start(struct echo *echo)
{
    struct sockaddr_in ours, theirs;
    struct timeval second = {.tv_sec = 1};
    *echo = (struct echo){.fd = loopback_socket(SOCK_DGRAM, &ours)};
    int fd = loopback_socket(SOCK_DGRAM, &theirs);
    if (connect(echo->fd, (struct sockaddr *)&theirs, sizeof theirs) != 0 ||
        connect(fd, (struct sockaddr *)&ours, sizeof ours) != 0 ||
        setsockopt(echo->fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second))
        fail("cannot connect the echo's sockets: %s", strerror(errno));
    if (child_fork(&echo->child, CHILD_SILENT) == -1)
        fail("cannot start the echo process: %s", why_no_process(errno));
    if (echo->child.pid == 0) {
        close(echo->fd);
        answer(fd, echo->child.fd);
    }
    close(fd);
}

void echo_stop(struct echo *echo)
{
    child_stop(&echo->child, NULL, 0);
    close(echo->fd);
}

/* Wait for the answer to the last request; late ones to others are dropped. */
static int wait_for_answer(struct echo *echo)
{
    for (;;) {
        uint64_t packet;
        ssize_t got = recv(echo->fd, &packet, sizeof packet, 0);
        if (got == sizeof packet && packet == echo->request)
            return 0;
        if (got == -1 && errno != EINTR)
            return errno;
    }
}

int echo_round_trip(struct echo *echo)
{
    echo->request++;
    for (int try = 0; try < TRIES; try++) {
        if (send(echo->fd, &echo->request, sizeof echo->request, 0) == -1)
            return errno;
        int error = wait_for_answer(echo);
        if (error != EAGAIN && error != EWOULDBLOCK)
            return error;
    }
    return ETIMEDOUT;
}
