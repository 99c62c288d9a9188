/* curl_sockets -- the descriptors that libcurl works with, and their watchers. */
// SPDX-License-Identifier: MIT
#include "http/curl_sockets.h"

#include "base/err.h"
#include "base/mem.h"
#include "loop/io.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct watch {
    struct io io;
    struct curl_sockets *sockets;
    curl_socket_t fd;
    void *owner;
    int events; /* that libcurl wants */
    bool may_speak;
    bool is_idle;  /* libcurl isn't interested */
    bool was_read; /* it was, in reading: the connection stood */
    bool is_gone;  /* perhaps: see above */
};

struct curl_sockets {
    struct loop *loop;
    void (*ready)(void *self, curl_socket_t fd, int events, void *owner);
    bool (*is_held)(const void *owner);
    void *self;
    struct watch **by_fd;
    size_t capacity, count;
};

struct curl_sockets *curl_sockets_new(struct loop *loop,
                                      void (*ready)(void *self, curl_socket_t fd, int events,
                                                    void *owner),
                                      void *self)
{
    struct curl_sockets *s = xcalloc(1, sizeof *s);
    s->loop = loop;
    s->ready = ready;
    s->self = self;
    return s;
}

void curl_sockets_set_held(struct curl_sockets *s, bool (*is_held)(const void *owner))
{
    s->is_held = is_held;
}

void curl_sockets_free(struct curl_sockets *s)
{
    if (s == NULL)
        return;
    assert(s->count == 0);
    for (size_t i = 0; i < s->capacity; i++)
        free(s->by_fd[i]);
    free(s->by_fd);
    free(s);
}

/*
 * Nothing was asked, so this is the end of the connection, or nobody's. libcurl (7.88) looks at it
 * before the next request, but takes TLS's goodbye for a sign of life, and a reset too: it must find
 * a plain end.
 */
static void hang_up(int fd)
{
    char bytes[4096];
    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        continue;
    shutdown(fd, SHUT_RDWR);
}

static void on_ready(void *self, int events)
{
    struct watch *w = self;
    struct curl_sockets *s = w->sockets;
    if (w->is_idle) {
        io_change(&w->io, 0);
        if (!w->may_speak && (s->is_held == NULL || !s->is_held(w->owner)))
            hang_up(w->fd);
        return;
    }
    int bits =
        (events & IO_READ ? CURL_CSELECT_IN : 0) | (events & IO_WRITE ? CURL_CSELECT_OUT : 0);
    s->ready(s->self, w->fd, bits, w->owner); // may close it
}

static void make_room(struct curl_sockets *s, size_t fd)
{
    if (fd < s->capacity)
        return;
    size_t capacity = s->capacity == 0 ? 64 : s->capacity * 2;
    if (capacity <= fd)
        capacity = fd + 1;
    s->by_fd = xreallocarray(s->by_fd, capacity, sizeof *s->by_fd);
    memset(s->by_fd + s->capacity, 0, (capacity - s->capacity) * sizeof *s->by_fd);
    s->capacity = capacity;
}

/* What libcurl wants of a number that it has closed without a word, and has now got again. It may not
 * say so once more. */
static int leave_to_next(struct curl_sockets *s, struct watch *w)
{
    int events = io_is_started(&w->io) && !w->is_idle ? w->events : 0;
    io_cancel(&w->io);
    s->count -= !w->is_gone;
    free(w);
    return events;
}

curl_socket_t curl_sockets_open(struct curl_sockets *s, const struct curl_sockaddr *address,
                                bool may_speak, void *owner)
{
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    make_room(s, (size_t)fd);
    int events = s->by_fd[fd] != NULL ? leave_to_next(s, s->by_fd[fd]) : 0;
    struct watch *w = xmalloc(sizeof *w);
    *w = (struct watch){
        .sockets = s, .fd = fd, .owner = owner, .events = events, .may_speak = may_speak};
    io_init(&w->io, on_ready, w);
    if (events != 0)
        io_start(s->loop, &w->io, fd, events);
    s->by_fd[fd] = w;
    s->count++;
    return fd;
}

static struct watch *find(const struct curl_sockets *s, curl_socket_t fd)
{
    struct watch *w = fd >= 0 && (size_t)fd < s->capacity ? s->by_fd[fd] : NULL;
    if (w == NULL)
        BUG("a descriptor that was not opened here");
    return w;
}

void curl_sockets_close(struct curl_sockets *s, curl_socket_t fd)
{
    struct watch *w = find(s, fd);
    io_cancel(&w->io);
    s->by_fd[fd] = NULL;
    s->count -= !w->is_gone;
    free(w);
    close(fd);
}

static void end_interest(struct curl_sockets *s, struct watch *w)
{
    w->is_idle = true;
    if (w->was_read) {
        io_change(&w->io, IO_READ);
        return;
    }
    io_cancel(&w->io);
    s->count -= !w->is_gone;
    w->is_gone = true;
}

void curl_sockets_watch(struct curl_sockets *s, curl_socket_t fd, int what)
{
    struct watch *w = find(s, fd);
    if (what == CURL_POLL_REMOVE || what == CURL_POLL_NONE) {
        end_interest(s, w);
        return;
    }
    s->count += w->is_gone;
    w->is_gone = w->is_idle = false;
    w->was_read |= (what & CURL_POLL_IN) != 0;
    w->events = (what & CURL_POLL_IN ? IO_READ : 0) | (what & CURL_POLL_OUT ? IO_WRITE : 0);
    if (io_is_started(&w->io))
        io_change(&w->io, w->events);
    else
        io_start(s->loop, &w->io, fd, w->events);
}

size_t curl_sockets_count(const struct curl_sockets *s)
{
    return s->count;
}
