/* addr -- the address of a socket: IPv4, IPv6, or the path of a Unix socket. */
// SPDX-License-Identifier: MIT
#ifndef NET_ADDR_H
#define NET_ADDR_H

#include "base/str.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Its fields are its interface: `&a.any, a.n` is what system calls ask for. */
struct addr {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un path;
    };
    socklen_t n;
};

/* Of "127.0.0.1" or "::1". -1 where it is neither. */
int addr_from_text(struct addr *a, struct str text, uint16_t port);
/* -1 where the path is empty, has a NUL, or is too long for the system. */
int addr_from_path(struct addr *a, struct str path);

/* Whether both are the same address of IPv4 or IPv6, whatever their ports. */
bool addr_is(const struct addr *a, const struct sockaddr *other);

bool addr_is_literal(struct str text); /* an address, not a name */

#endif
