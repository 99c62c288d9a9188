/* sources -- the addresses that connections come from. */
// SPDX-License-Identifier: MIT
#include "net/sources.h"

#include "base/mem.h"
#include "net/addr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct list {
    struct addr *all;
    size_t n;
};

struct sources {
    struct list v4, v6;
};

struct sources *sources_new(void)
{
    return xcalloc(1, sizeof(struct sources));
}

void sources_free(struct sources *s)
{
    if (s == NULL)
        return;
    free(s->v4.all);
    free(s->v6.all);
    free(s);
}

/* Those of a family; NULL: it knows no sources, or none were given. */
static const struct list *list_of(const struct sources *s, int family)
{
    if (s == NULL || s->v4.n + s->v6.n == 0 || (family != AF_INET && family != AF_INET6))
        return NULL;
    return family == AF_INET ? &s->v4 : &s->v6;
}

/* Whether it is the address of one machine, rather than of all or of a group. */
static bool is_single(const struct addr *a)
{
    if (a->any.sa_family == AF_INET) {
        in_addr_t address = ntohl(a->v4.sin_addr.s_addr);
        return address != INADDR_ANY && address != INADDR_BROADCAST && !IN_MULTICAST(address);
    }
    const struct in6_addr *address = &a->v6.sin6_addr;
    return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_MULTICAST(address) &&
           !IN6_IS_ADDR_V4MAPPED(address);
}

/* 0, or the errno. */
static int try_to_bind(const struct addr *a)
{
    int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int number = bind(fd, &a->any, a->n) < 0 ? errno : 0;
    close(fd);
    return number;
}

int sources_add(struct sources *s, struct str address, struct err *err)
{
    struct addr a;
    if (addr_from_text(&a, address, 0) < 0 || !is_single(&a))
        return err_set(err, "expected an IPv4 or IPv6 address of this machine, got '%.*s'",
                       STR_ARG(address));
    int number = try_to_bind(&a);
    if (number == EADDRNOTAVAIL)
        return err_set(err, "'%.*s' is no address of this machine", STR_ARG(address));
    if (number != 0)
        return err_set(err, "can't use the address '%.*s': %s", STR_ARG(address), strerror(number));
    struct list *list = a.any.sa_family == AF_INET ? &s->v4 : &s->v6;
    list->all = xreallocarray(list->all, list->n + 1, sizeof(*list->all));
    list->all[list->n++] = a;
    return 0;
}

size_t sources_count(const struct sources *s)
{
    size_t n = 1;
    if (s != NULL && s->v4.n > n)
        n = s->v4.n;
    if (s != NULL && s->v6.n > n)
        n = s->v6.n;
    return n;
}

const char *sources_why_not(const struct sources *s, int family)
{
    const struct list *list = list_of(s, family);
    if (list == NULL || list->n > 0)
        return NULL;
    return family == AF_INET ? "the server has IPv4 addresses alone, and --bind gives none"
                             : "the server has IPv6 addresses alone, and --bind gives none";
}

int sources_bind(const struct sources *s, size_t user, int fd, int family)
{
    const struct list *list = list_of(s, family);
    int one = 1;
    if (list == NULL)
        return 0;
    // The port is chosen by connect, which knows both ends: else all servers would share 28,000 of
    // them. Where the system doesn't know the option, they do.
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
    const struct addr *a = &list->all[user % list->n];
    return bind(fd, &a->any, a->n);
}
