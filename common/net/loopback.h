/* SPDX-License-Identifier: MIT
 *
 * Sockets on the loopback address, 127.0.0.1, which no other machine reaches.
 */
#ifndef NET_LOOPBACK_H
#define NET_LOOPBACK_H

#include <netinet/in.h>

/* A socket of this type (SOCK_STREAM, SOCK_DGRAM) on a port that the system
 * picks; its address goes to *address. Fails where there is no such socket, or
 * where the loopback interface is down. */
int loopback_socket(int type, struct sockaddr_in *address);

#endif
