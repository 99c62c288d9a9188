/*
 * rig -- a loop on a virtual clock, and plain sockets that talk to a server on it: client and server
 * take turns in one thread.
 *
 * A client's read turns the loop until something comes; a test that would wait for ever is ended by
 * an alarm after 60 s.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_SERVE_RIG_H
#define TESTS_SERVE_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "loop/loop.h"

struct rig {
    struct clock clock;
    struct loop *loop;
    struct buf read; /* what the last read got */
};

static inline void rig_init(struct rig *r)
{
    alarm(60);
    clock_init_virtual(&r->clock, NS_PER_S, 1e9);
    r->loop = loop_new(&r->clock);
    buf_init(&r->read, 0);
}

/* Whether nothing was left on the loop. */
static inline bool rig_release(struct rig *r)
{
    bool is_idle = loop_is_idle(r->loop);

    if (is_idle)
        loop_free(r->loop);
    buf_release(&r->read);
    return is_idle;
}

static inline double rig_now_ms(const struct rig *r)
{
    return ns_to_ms(clock_now_ns(&r->clock) - NS_PER_S);
}

/* A connection, non-blocking. */
static inline int rig_connect(uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) < 0 && errno != EINPROGRESS)
        return -1;
    return fd;
}

static inline void rig_send(struct rig *r, int fd, struct str text)
{
    while (text.n > 0) {
        ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != ENOTCONN)
            return;
        if (n > 0)
            text = str_slice(text, (size_t)n, text.n);
        else
            loop_turn(r->loop, false);
    }
}

/* How long the first answer in the text is, 0 while it isn't whole; without Content-Length, its
 * head alone. */
static inline size_t rig_answer_length(struct str text)
{
    const char *end = memmem(text.p, text.n, "\r\n\r\n", 4);
    size_t length = 0;

    if (end == NULL)
        return 0;
    size_t head = (size_t)(end - text.p) + 4;
    for (size_t i = 0; i < head; i++) {
        if (strncasecmp(text.p + i, "\r\nContent-Length:", 17) == 0)
            length = strtoul(text.p + i + 17, NULL, 10);
    }
    return text.n >= head + length ? head + length : 0;
}

/* Turns the loop. Only where the machine has had its time and nothing has come to fd, the virtual
 * clock may move: what the kernel still carries must not look like something that never comes. */
static inline void rig_turn(struct rig *r, int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    for (int i = 0; i < 5; i++) {
        loop_turn(r->loop, false);
        if (poll(&wait, 1, i) > 0)
            return;
    }
    loop_turn(r->loop, true);
}

/* Turns the loop until one answer is there, or with `all` until the end of the connection; the text
 * is borrowed until the next read. */
static inline const char *rig_read(struct rig *r, int fd, bool all)
{
    char piece[65536];

    buf_clear(&r->read);
    for (;;) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n > 0)
            buf_add(&r->read, piece, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != ENOTCONN))
            return buf_cstr(&r->read);
        else
            rig_turn(r, fd);
        if (!all && rig_answer_length(buf_slice(&r->read)) > 0)
            return buf_cstr(&r->read);
    }
}

/* One request on a connection of its own (it should say "Connection: close", or be HTTP/1.0), and
 * all that comes back. */
static inline const char *rig_talk(struct rig *r, uint16_t port, const char *request)
{
    int fd = rig_connect(port);

    rig_send(r, fd, str_of(request));
    const char *answer = rig_read(r, fd, true);
    close(fd);
    return answer;
}

static inline const char *rig_body(const char *answer)
{
    const char *end = strstr(answer, "\r\n\r\n");

    return end != NULL ? end + 4 : "";
}

static inline int rig_status(const char *answer)
{
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

#endif
