/* curl_sockets -- the descriptors that libcurl works with, and their watchers. */
// SPDX-License-Identifier: MIT
#include "http/curl_sockets.h"

#include "base/err.h"
#include "base/mem.h"
#include "loop/io.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct watch {
    struct io io;
    struct curl_sockets *sockets;
    curl_socket_t fd;
    void *owner;
    size_t *count;   /* the owner's */
    bool is_idle;    /* libcurl isn't interested */
    bool has_talked; /* it has been connected: libcurl tells when it closes it */
};

struct curl_sockets {
    struct loop *loop;
    void (*ready)(void *self, curl_socket_t fd, int events, void *owner);
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

void curl_sockets_free(struct curl_sockets *s)
{
    if (s == NULL)
        return;
    assert(s->count == 0);
    free(s->by_fd);
    free(s);
}

static void on_ready(void *self, int events)
{
    struct watch *w = self;
    struct curl_sockets *s = w->sockets;
    if (w->is_idle) {
        io_change(&w->io, 0); // libcurl looks at it itself before the next request
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

static struct watch *find(const struct curl_sockets *s, curl_socket_t fd)
{
    return fd >= 0 && (size_t)fd < s->capacity ? s->by_fd[fd] : NULL;
}

static void forget(struct watch *w)
{
    struct curl_sockets *s = w->sockets;
    io_cancel(&w->io);
    s->by_fd[w->fd] = NULL;
    s->count--;
    --*w->count;
    free(w);
}

curl_socket_t curl_sockets_open(struct curl_sockets *s, const struct curl_sockaddr *address,
                                void *owner, size_t *count)
{
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
                    address->protocol);
    if (fd < 0)
        return CURL_SOCKET_BAD;
    make_room(s, (size_t)fd);
    if (s->by_fd[fd] != NULL)
        forget(s->by_fd[fd]); // libcurl has closed that one by itself
    struct watch *w = xmalloc(sizeof *w);
    *w = (struct watch){.sockets = s, .fd = fd, .owner = owner, .count = count};
    io_init(&w->io, on_ready, w);
    s->by_fd[fd] = w;
    s->count++;
    ++*count;
    return fd;
}

void curl_sockets_close(struct curl_sockets *s, curl_socket_t fd)
{
    struct watch *w = find(s, fd);
    if (w == NULL)
        BUG("a descriptor that was not opened here");
    forget(w);
    close(fd);
}

void curl_sockets_watch(struct curl_sockets *s, curl_socket_t fd, int what)
{
    struct watch *w = find(s, fd);
    if (w == NULL)
        BUG("a descriptor that was not opened here");
    w->is_idle = what == CURL_POLL_REMOVE || what == CURL_POLL_NONE;
    if (what & CURL_POLL_IN)
        w->has_talked = true;
    if (w->is_idle && !w->has_talked && fcntl(fd, F_GETFD) < 0) {
        forget(w);
        return;
    }
    int events = (what & CURL_POLL_IN ? IO_READ : 0) | (what & CURL_POLL_OUT ? IO_WRITE : 0);
    if (w->is_idle)
        events = IO_READ;
    if (io_is_started(&w->io))
        io_change(&w->io, events);
    else if (!w->is_idle)
        io_start(s->loop, &w->io, fd, events);
}

size_t curl_sockets_count(const struct curl_sockets *s)
{
    return s->count;
}
