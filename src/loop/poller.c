/* poller -- which of a loop's descriptors are ready. */
// SPDX-License-Identifier: MIT
#include "loop/poller.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/apart.h"
#include "base/err.h"
#include "base/mem.h"
#include "loop/io.h"

int poller_open(struct poller *p)
{
    *p = (struct poller){.fd = -1};
    p->fd = epoll_create1(EPOLL_CLOEXEC);
    return p->fd < 0 ? -1 : 0;
}

void poller_close(struct poller *p)
{
    if (p->fd >= 0)
        close(p->fd);
    p->fd = -1;
    free(p->by_fd);
}

static void forget(struct poller *p, const struct io *io)
{
    for (int i = p->at; i < p->n; i++) {
        if (p->ready[i].data.ptr == io)
            p->ready[i].data.ptr = NULL;
    }
}

static uint32_t to_epoll(int events)
{
    return (events & IO_READ ? EPOLLIN : 0u) | (events & IO_WRITE ? EPOLLOUT : 0u);
}

static void set_owner(struct poller *p, int fd, struct io *io)
{
    size_t at = (size_t)fd;
    if (at >= p->capacity) {
        size_t capacity = at < 32 ? 64 : 2 * at;
        p->by_fd = xreallocarray(p->by_fd, capacity, sizeof(*p->by_fd));
        memset(p->by_fd + p->capacity, 0, (capacity - p->capacity) * sizeof(*p->by_fd));
        p->capacity = capacity;
    }
    p->by_fd[at] = io;
}

static bool is_owner(const struct poller *p, int fd, const struct io *io)
{
    return fd >= 0 && (size_t)fd < p->capacity && p->by_fd[fd] == io;
}

static void unwatch(struct poller *p, const struct io *io, int fd)
{
    struct epoll_event none = {.events = 0};
    if (!is_owner(p, fd, io))
        return;
    epoll_ctl(p->fd, EPOLL_CTL_DEL, fd, &none); // what was closed without a word is out already
    p->by_fd[fd] = NULL;
}

void poller_watch(struct poller *p, struct io *io, int fd, int before, int events)
{
    struct epoll_event e = {.events = to_epoll(events), .data.ptr = io};
    if (before != 0)
        forget(p, io);
    if (events == 0) {
        unwatch(p, io, fd);
        return;
    }
    bool is_known = is_owner(p, fd, io);
    int done = epoll_ctl(p->fd, is_known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &e);
    if (done < 0 && errno == ENOENT) // the number has become another descriptor's
        done = epoll_ctl(p->fd, EPOLL_CTL_ADD, fd, &e);
    if (done < 0 && errno == EEXIST)
        return; // and that one's owner watches it
    if (done < 0)
        BUG(errno == EBADF ? "a descriptor was closed while it was watched"
                           : "a descriptor can't be watched");
    set_owner(p, fd, io);
}

/* How far ahead of the one that is told: first it itself, then what it names. Both functions have to be taken
 * in: a call of one that does nothing but fetch ahead is left out by gcc, as one without effect. */
#define IO_AHEAD 12
#define NEAR_AHEAD 6

static TAKEN_IN void fetch_io(const struct poller *p, int i)
{
    const char *io = i < p->n ? p->ready[i].data.ptr : NULL;
    for (size_t at = 0; io != NULL && at < sizeof(struct io); at += MEM_LINE)
        __builtin_prefetch(io + at);
}

static TAKEN_IN void fetch_near(const struct poller *p, int i)
{
    const struct io *io = i < p->n ? p->ready[i].data.ptr : NULL;
    for (size_t k = 0; io != NULL && k < IO_NEAR && io->near[k] != NULL; k++)
        __builtin_prefetch(io->near[k]);
}

int poller_collect(struct poller *p, size_t most)
{
    p->at = 0;
    p->n = epoll_wait(p->fd, p->ready, most < POLLER_MOST ? (int)most : POLLER_MOST, 0);
    if (p->n < 0)
        p->n = 0; // a signal came
    for (int i = 0; i < IO_AHEAD; i++)
        fetch_io(p, i);
    for (int i = 0; i < NEAR_AHEAD; i++)
        fetch_near(p, i);
    return p->n;
}

static void tell(const struct epoll_event *e)
{
    const struct io *io = e->data.ptr;
    if (io == NULL)
        return;
    int events = (e->events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? IO_READ : 0) |
                 (e->events & (EPOLLOUT | EPOLLERR | EPOLLHUP) ? IO_WRITE : 0);
    if ((events & io->events) != 0)
        io->ready(io->self, events & io->events);
}

bool poller_tell(struct poller *p, int most)
{
    int end = p->at + most < p->n ? p->at + most : p->n;
    while (p->at < end) {
        fetch_io(p, p->at + IO_AHEAD);
        fetch_near(p, p->at + NEAR_AHEAD);
        tell(&p->ready[p->at++]); // whoever is told may have others forgotten
    }
    return p->at < p->n;
}
