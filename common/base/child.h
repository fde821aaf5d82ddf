/* SPDX-License-Identifier: MIT
 *
 * A process that the program forks for itself: a server, an echo, a worker. A
 * socket joins the two. Each side sees the other's end there as end-of-file.
 *
 *     struct child child;
 *     switch (child_fork(&child, CHILD_SILENT)) {
 *     case -1:
 *         fail("cannot start ...: %s", why_no_process(errno));
 *     case 0:
 *         ...                  // the child: until read(child.fd) gives 0
 *     }
 *     ...
 *     child_stop(&child, NULL, 0);
 *
 * A child must watch its end of the socket, and end itself at end-of-file. It
 * then ends with its parent, whatever ended that. On Linux this holds for a
 * child that was stopped, too: it is continued.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum child_output {
    CHILD_SILENT, /* has no standard output, so that it keeps no pipe open */
    CHILD_PRINTS  /* has the parent's */
};

struct child {
    pid_t pid;  /* 0 in the child itself */
    int fd;     /* this side's end of the socket; -1 after the end */
    int status; /* after the end: as waitpid() gives it */
};

/* Fork, and return what fork() returns: 0 in the child, -1 with errno where
 * there can be no child. The child has no standard input. It ignores SIGINT
 * and SIGHUP, which a terminal sends to parent and child alike: they are the
 * parent's to answer. The program must have one thread. */
pid_t child_fork(struct child *child, enum child_output output);

/* Tell the child to end, take the last `bytes` bytes that it sends, and wait
 * for it. Returns whether all of them came. A child that is stopped is killed
 * after two seconds, one that does not answer after ten. */
bool child_stop(struct child *child, void *last, size_t bytes);

/* Wait for a child that is about to end, and close the socket. Returns its
 * status as waitpid() gives it. Kills as child_stop() does. */
int child_wait(struct child *child);

/* Is it stopped, as by SIGSTOP? */
bool child_is_stopped(const struct child *child);

/* Kill the child and wait for it. */
void child_kill(struct child *child);

#endif
