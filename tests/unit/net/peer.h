/*
 * peer -- a loop, a resolver, and servers on the loopback for the tests of net.
 *
 * A test plays the server by hand, with blocking calls, between turns of the loop. Whatever hangs
 * is ended by an alarm.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_NET_PEER_H
#define TESTS_NET_PEER_H

#include "base/err.h"
#include "loop/loop.h"
#include "net/addr.h"
#include "net/resolver.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PEER_PATIENCE_S 60
#define PEER_TURNS 100000

struct room {
    struct clock clock;
    struct loop *loop;
    struct resolver *resolver;
    int descriptors; /* before it was opened */
};

static inline int count_descriptors(void)
{
    int n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir != NULL && readdir(dir) != NULL)
        n++;
    if (dir != NULL)
        closedir(dir);
    return n;
}

static inline void open_room(struct room *room)
{
    struct err err = ERR_INIT;
    alarm(PEER_PATIENCE_S);
    room->descriptors = count_descriptors();
    clock_init(&room->clock);
    room->loop = loop_new(&room->clock);
    room->resolver = resolver_new(room->loop, &err);
    if (room->resolver == NULL)
        BUG("no resolver");
}

/* Whether nothing was left open. */
static inline bool close_room(struct room *room)
{
    resolver_free(room->resolver);
    bool is_idle = loop_is_idle(room->loop);
    loop_free(room->loop);
    alarm(0);
    return is_idle && count_descriptors() == room->descriptors;
}

/* Turns until a condition holds; false where nothing can happen any more. */
#define TURN_UNTIL(room, condition)                                                           \
    for (int turns = 0; !(condition) && turns < PEER_TURNS && loop_turn((room)->loop, true);) \
    turns++

/* A port of the address ("127.0.0.1", "::1") with a socket bound to it; -1: not on this machine. */
static inline int bind_at(const char *address, int type, uint16_t *port)
{
    struct addr at;
    if (addr_from_text(&at, str_of(address), *port) < 0)
        BUG("not an address");
    int one = 1;
    int fd = socket(at.any.sa_family, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (bind(fd, &at.any, at.n) < 0 || getsockname(fd, &at.any, &at.n) < 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port : at.v6.sin6_port);
    return fd;
}

static inline int listen_at(const char *address, int backlog, uint16_t *port)
{
    int fd = bind_at(address, SOCK_STREAM, port);
    if (fd >= 0 && listen(fd, backlog) < 0)
        BUG("can't listen");
    return fd;
}

static inline int listen_at_path(const char *path, int backlog)
{
    struct addr at;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(path);
    if (addr_from_path(&at, str_of(path)) < 0 || bind(fd, &at.any, at.n) < 0 ||
        listen(fd, backlog) < 0)
        BUG("can't listen");
    return fd;
}

/* A port where nobody listens: the socket that holds it is the caller's to close. */
static inline int refuse_at(const char *address, uint16_t *port)
{
    *port = 0;
    return bind_at(address, SOCK_STREAM, port);
}

/* Ends a connection by a reset. */
static inline void reset(int fd)
{
    struct linger linger = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    close(fd);
}

#endif
