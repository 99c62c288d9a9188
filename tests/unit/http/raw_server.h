/*
 * raw_server -- a server in threads of this process that plays whatever a test needs: it says the
 * bytes it is told to, and closes or resets when it is told to.
 *
 * Each connection has a thread, which reads requests and lets `answer` answer them. What came is
 * kept for the test to look at.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_RAW_SERVER_H
#define TESTS_HTTP_RAW_SERVER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RAW_PATH_SIZE 1024
#define RAW_CONNECTIONS_MAX 256

struct raw_server {
    int fd;
    int port; /* 0: it is at a Unix socket */
    struct sockaddr_storage at;
    socklen_t at_n;
    /* Answers one request; false: close the connection. */
    bool (*answer)(struct raw_server *s, int fd, const char *path);
    pthread_t acceptor, threads[RAW_CONNECTIONS_MAX];
    atomic_int connections, requests;
    atomic_bool is_ending, is_closed[RAW_CONNECTIONS_MAX];
    pthread_mutex_t lock;
    char last[65536];            /* the request that came last, as far as there is room */
    uint64_t last_sum;           /* of its body: raw_sum */
    char base[64];               /* "http://127.0.0.1:PORT", "http+unix://%2Ftmp%2F..." */
    char peer[INET6_ADDRSTRLEN]; /* whom the last connection came from */
};

struct raw_connection {
    struct raw_server *server;
    int fd, number;
};

static inline void raw_write(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t k = send(fd, at, n, MSG_NOSIGNAL);
        if (k <= 0)
            return;
        at += k;
        n -= (size_t)k;
    }
}

static inline void raw_say(int fd, const char *text)
{
    raw_write(fd, text, strlen(text));
}

/* The close that follows resets the connection. */
static inline void raw_reset(int fd)
{
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* Until the other side closes. */
static inline void raw_stall(int fd)
{
    char byte;
    while (recv(fd, &byte, 1, 0) > 0)
        continue;
}

/* FNV-1a. */
static inline uint64_t raw_sum(const char *p, size_t n)
{
    uint64_t sum = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        sum = (sum ^ (unsigned char)p[i]) * 1099511628211u;
    return sum;
}

/* One request with its body, as long as Content-Length says, and the path it asks for; false: none
 * came. The path is of this request alone: `last` is whichever connection's was read last. */
static inline bool raw_read(struct raw_server *s, int fd, char path[RAW_PATH_SIZE])
{
    struct buf in = BUF_INIT;
    size_t whole = 0, head = 0;
    char piece[4096];
    while (whole == 0 || in.n < whole) {
        ssize_t n = recv(fd, piece, sizeof(piece), 0);
        if (n <= 0)
            break;
        buf_add(&in, piece, (size_t)n);
        const char *end = strstr(buf_cstr(&in), "\r\n\r\n");
        if (whole == 0 && end != NULL) {
            const char *length = strcasestr(buf_cstr(&in), "\r\nContent-Length:");
            whole = head = (size_t)(end + 4 - in.p);
            if (length != NULL && length < end)
                whole += strtoul(length + 17, NULL, 10);
        }
    }
    bool is_whole = whole > 0 && in.n >= whole;
    if (is_whole) {
        if (sscanf(buf_cstr(&in), "%*s %1023s", path) != 1)
            path[0] = '\0';
        pthread_mutex_lock(&s->lock);
        snprintf(s->last, sizeof(s->last), "%s", buf_cstr(&in));
        s->last_sum = raw_sum(in.p + head, whole - head);
        pthread_mutex_unlock(&s->lock);
        atomic_fetch_add(&s->requests, 1);
    }
    buf_release(&in);
    return is_whole;
}

static inline void *raw_serve(void *arg)
{
    struct raw_connection c = *(struct raw_connection *)arg;
    char path[RAW_PATH_SIZE] = "";
    free(arg);
    while (raw_read(c.server, c.fd, path)) {
        if (!c.server->answer(c.server, c.fd, path))
            break;
    }
    close(c.fd);
    atomic_store(&c.server->is_closed[c.number], true);
    return NULL;
}

/* Keeps the address of the other end. */
static inline void raw_note_peer(struct raw_server *s, int fd)
{
    struct sockaddr_storage at;
    socklen_t n = sizeof(at);
    const void *address = &((struct sockaddr_in *)&at)->sin_addr;
    if (s->port == 0 || getpeername(fd, (struct sockaddr *)&at, &n) < 0)
        return;
    if (at.ss_family == AF_INET6)
        address = &((struct sockaddr_in6 *)&at)->sin6_addr;
    inet_ntop(at.ss_family, address, s->peer, sizeof(s->peer));
}

/* Waits until the connection that came last is closed on our side; one must come. */
static inline void raw_wait_closed(struct raw_server *s)
{
    int i;
    while ((i = atomic_load(&s->connections) - 1) < 0)
        usleep(1000);
    while (!atomic_load(&s->is_closed[i]))
        usleep(1000);
}

static inline void *raw_accept(void *arg)
{
    struct raw_server *s = arg;
    for (;;) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
        if (atomic_load(&s->is_ending)) {
            if (fd >= 0)
                close(fd);
            return NULL;
        }
        if (fd < 0)
            continue;
        int one = 1, i = atomic_load(&s->connections);
        struct timeval limit = {.tv_sec = 20};
        if (i == RAW_CONNECTIONS_MAX)
            BUG("too many connections for this test");
        raw_note_peer(s, fd);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
        struct raw_connection *c = xmalloc(sizeof *c);
        *c = (struct raw_connection){.server = s, .fd = fd, .number = i};
        atomic_store(&s->connections, i + 1); // before anything can be answered
        if (pthread_create(&s->threads[i], NULL, raw_serve, c) != 0)
            BUG("no thread");
    }
}

/* From now on connections are accepted. */
static inline void raw_server_begin(struct raw_server *s)
{
    if (pthread_create(&s->acceptor, NULL, raw_accept, s) != 0)
        BUG("no thread");
}

/* Listens, with room for so many (and one) that were not accepted. */
static inline void raw_server_bind(struct raw_server *s, const void *at, socklen_t n, int queue,
                                   bool (*answer)(struct raw_server *s, int fd, const char *path))
{
    const struct sockaddr *any = at;
    memset(s, 0, sizeof(*s));
    s->answer = answer;
    s->at_n = sizeof(s->at);
    pthread_mutex_init(&s->lock, NULL);
    s->fd = socket(any->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->fd, any, n) < 0 || listen(s->fd, queue) < 0 ||
        getsockname(s->fd, (struct sockaddr *)&s->at, &s->at_n) < 0)
        BUG("no server");
    if (any->sa_family != AF_UNIX)
        s->port = ntohs(((struct sockaddr_in *)&s->at)->sin_port); // where sin6_port is, too
}

/* At an IPv4 address; port 0: any. */
static inline void raw_server_open_at(struct raw_server *s, const char *address, int port,
                                      bool (*answer)(struct raw_server *s, int fd,
                                                     const char *path))
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, address, &at.sin_addr);
    raw_server_bind(s, &at, sizeof(at), 64, answer);
    raw_server_begin(s);
    snprintf(s->base, sizeof(s->base), "http://%s:%d", address, s->port);
}

static inline void raw_server_open(struct raw_server *s,
                                   bool (*answer)(struct raw_server *s, int fd, const char *path))
{
    raw_server_open_at(s, "127.0.0.1", 0, answer);
}

/* At FOLDER/NAME.sock, without slashes in the name; does not begin. */
static inline void raw_server_bind_unix(struct raw_server *s, const char *folder, const char *name,
                                        int queue,
                                        bool (*answer)(struct raw_server *s, int fd,
                                                       const char *path))
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    snprintf(at.sun_path, sizeof(at.sun_path), "%s/%s.sock", folder, name);
    raw_server_bind(s, &at, sizeof(at), queue, answer);
    size_t n = (size_t)snprintf(s->base, sizeof(s->base), "http+unix://");
    for (const char *p = at.sun_path; *p != '\0'; p++)
        n += (size_t)snprintf(s->base + n, sizeof(s->base) - n, *p == '/' ? "%%2F" : "%c", *p);
}

/* All connections must have been closed by the other side, or their `answer` must end. */
static inline void raw_server_close(struct raw_server *s)
{
    atomic_store(&s->is_ending, true);
    int fd = socket(s->at.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0); // wakes the acceptor
    if (connect(fd, (struct sockaddr *)&s->at, s->at_n) < 0)
        BUG("the server is gone");
    pthread_join(s->acceptor, NULL);
    close(fd);
    for (int i = 0; i < atomic_load(&s->connections); i++)
        pthread_join(s->threads[i], NULL);
    close(s->fd);
    if (s->port == 0)
        unlink(((struct sockaddr_un *)&s->at)->sun_path);
    pthread_mutex_destroy(&s->lock);
}

/* A copy of the request that came last; borrowed until the next call. */
static inline const char *raw_last(struct raw_server *s)
{
    static char text[sizeof(s->last)];
    pthread_mutex_lock(&s->lock);
    memcpy(text, s->last, sizeof(text));
    pthread_mutex_unlock(&s->lock);
    return text;
}

#endif
