/* addr -- the address of a socket. */
// SPDX-License-Identifier: MIT
#include "net/addr.h"

#include <arpa/inet.h>
#include <string.h>

int addr_from_text(struct addr *a, struct str text, uint16_t port)
{
    char copy[INET6_ADDRSTRLEN];
    *a = (struct addr){.n = 0};
    if (text.n >= sizeof(copy) || memchr(text.p, '\0', text.n) != NULL)
        return -1;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET, copy, &a->v4.sin_addr) == 1) {
        a->v4.sin_family = AF_INET;
        a->v4.sin_port = htons(port);
        a->n = sizeof(a->v4);
        return 0;
    }
    if (inet_pton(AF_INET6, copy, &a->v6.sin6_addr) == 1) {
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = htons(port);
        a->n = sizeof(a->v6);
        return 0;
    }
    return -1;
}

int addr_from_path(struct addr *a, struct str path)
{
    *a = (struct addr){.n = 0};
    if (str_is_empty(path) || path.n >= sizeof(a->path.sun_path) ||
        memchr(path.p, '\0', path.n) != NULL)
        return -1;
    a->path.sun_family = AF_UNIX;
    memcpy(a->path.sun_path, path.p, path.n);
    a->n = sizeof(a->path);
    return 0;
}

bool addr_is(const struct addr *a, const struct sockaddr *other)
{
    if (a->any.sa_family != other->sa_family)
        return false;
    if (other->sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == ((const struct sockaddr_in *)other)->sin_addr.s_addr;
    return other->sa_family == AF_INET6 &&
           IN6_ARE_ADDR_EQUAL(&a->v6.sin6_addr, &((const struct sockaddr_in6 *)other)->sin6_addr);
}

bool addr_is_literal(struct str text)
{
    struct addr a;
    return addr_from_text(&a, text, 0) == 0;
}
