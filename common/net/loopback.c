/* SPDX-License-Identifier: MIT */
#include "common/net/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/fail.h"

/* A socket can be bound although the interface is down. Connecting a UDP socket
 * sends nothing, but fails where there is no way. */
static void check_interface(const struct sockaddr_in *address)
{
    int probe = socket(AF_INET, SOCK_DGRAM, 0);
    if (probe == -1)
        return;
    if (connect(probe, (const struct sockaddr *)address, sizeof *address) != 0)
        fail("cannot reach 127.0.0.1: %s (is the loopback interface down? "
             "ip link set lo up)",
             strerror(errno));
    close(probe);
}

int loopback_socket(int type, struct sockaddr_in *address)
{
    *address = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, type, 0);
    if (fd == -1 || bind(fd, (struct sockaddr *)address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) != 0)
        fail("cannot %s on 127.0.0.1: %s",
             type == SOCK_STREAM ? "listen" : "receive", strerror(errno));
    check_interface(address);
    return fd;
}
