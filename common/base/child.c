/* SPDX-License-Identifier: MIT */
#include "common/base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/portable.h"

enum {
    TRY_MS = 2000, /* a child that is stopped then is killed */
    TRIES = 5      /* one that does not answer is killed after as many */
};

static void become_child(enum child_output output)
{
    continue_after_parent();
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    if (output == CHILD_SILENT)
        dup2(null, STDOUT_FILENO);
    close(null);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
}

pid_t child_fork(struct child *child, enum child_output output)
{
    int pair[2];
    *child = (struct child){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
    fcntl(pair[0], F_SETFD, FD_CLOEXEC);
    signal(SIGCHLD, SIG_DFL); /* ignored, it would take the status away */
    fflush(NULL); /* or both processes would print what is waiting */
    pid_t pid = fork();
    if (pid == -1) {
        int error = errno;
        close(pair[0]);
        close(pair[1]);
        errno = error;
        return -1;
    }
    bool is_child = pid == 0;
    close(pair[is_child ? 0 : 1]);
    *child = (struct child){.pid = pid, .fd = pair[is_child ? 1 : 0]};
    if (is_child)
        become_child(output);
    return pid;
}

bool child_is_stopped(const struct child *child)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)child->pid, &info,
                  WSTOPPED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == child->pid;
}

/* Wait until the child has sent something or has ended. Returns false for one
 * that does neither. */
static bool answers(const struct child *child)
{
    struct pollfd wait = {.fd = child->fd, .events = POLLIN};
    for (int i = 0; i < TRIES; i++) {
        if (poll(&wait, 1, TRY_MS) > 0)
            return true;
        if (child_is_stopped(child))
            return false;
    }
    return false;
}

/* Receive until the child's end, and keep the first `bytes` bytes. */
static bool receive_last(struct child *child, char *last, size_t bytes)
{
    char beyond;
    size_t got = 0;
    while (answers(child)) {
        bool more = got < bytes;
        ssize_t part = recv(child->fd, more ? last + got : &beyond,
                            more ? bytes - got : 1, 0);
        if (part <= 0)
            return got == bytes;
        if (more)
            got += (size_t)part;
    }
    kill(child->pid, SIGKILL);
    return false;
}

/* The socket says that the child has ended, or SIGKILL has been sent. */
static int reap(struct child *child)
{
    int status = 0;
    while (waitpid(child->pid, &status, 0) == -1 && errno == EINTR)
        ;
    close(child->fd);
    *child = (struct child){.fd = -1, .status = status};
    return status;
}

bool child_stop(struct child *child, void *last, size_t bytes)
{
    shutdown(child->fd, SHUT_WR);
    bool all = receive_last(child, last, bytes);
    reap(child);
    return all;
}

int child_wait(struct child *child)
{
    receive_last(child, NULL, 0);
    return reap(child);
}

void child_kill(struct child *child)
{
    kill(child->pid, SIGKILL);
    reap(child);
}
