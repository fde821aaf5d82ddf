/* SPDX-License-Identifier: MIT */
#include "common/net/echo.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/fail.h"
#include "common/base/timing.h"

enum {
    TRIES = 10,         /* a second each */
    ANSWER_NS = 200000, /* what the service takes */
};

static int udp_socket(struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd == -1 || bind(fd, (struct sockaddr *)address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) != 0)
        fail("cannot open a UDP socket on 127.0.0.1: %s", strerror(errno));
    return fd;
}

/* Send back what comes, until the parent's end of the pipe is closed. */
static _Noreturn void answer(int fd, int control)
{
    struct pollfd watched[] = {{.fd = fd, .events = POLLIN},
                               {.fd = control, .events = POLLIN}};
    signal(SIGINT, SIG_IGN); /* Ctrl-C is the parent's to answer */
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_IGN);
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

/* The two sockets are connected to each other: nobody else's packets arrive,
 * and once the answering side has gone, ours get "connection refused". */
void echo_start(struct echo *echo)
{
    struct sockaddr_in ours, theirs;
    struct timeval second = {.tv_sec = 1};
    int pair[2];
    *echo = (struct echo){.fd = udp_socket(&ours)};
    int fd = udp_socket(&theirs);
    if (connect(echo->fd, (struct sockaddr *)&theirs, sizeof theirs) != 0 ||
        connect(fd, (struct sockaddr *)&ours, sizeof ours) != 0 ||
        setsockopt(echo->fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second))
        fail("cannot connect UDP sockets on 127.0.0.1: %s", strerror(errno));
    if (pipe(pair) != 0)
        fail("cannot make a pipe to the echo process: %s", strerror(errno));
    fcntl(pair[1], F_SETFD, FD_CLOEXEC);
    echo->pid = fork();
    if (echo->pid == -1)
        fail("cannot start the echo process: %s", strerror(errno));
    if (echo->pid == 0) {
        int null = open("/dev/null", O_RDWR); /* keep nobody's pipe open */
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        close(null);
        close(echo->fd);
        close(pair[1]);
        answer(fd, pair[0]);
    }
    close(fd);
    close(pair[0]);
    echo->control = pair[1];
}

void echo_stop(struct echo *echo)
{
    close(echo->control);
    close(echo->fd);
    while (waitpid(echo->pid, NULL, 0) == -1 && errno == EINTR)
        ;
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
