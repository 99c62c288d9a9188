/* io -- a descriptor that can be read or written. */
// SPDX-License-Identifier: MIT
#include "loop/io.h"

#include "base/err.h"

static int to_ev(int events)
{
    return (events & IO_READ ? EV_READ : 0) | (events & IO_WRITE ? EV_WRITE : 0);
}

static void fetch_ahead(const struct io *io)
{
    for (size_t i = 0; i < IO_NEAR && io->near[i] != NULL; i++)
        __builtin_prefetch(io->near[i]);
}

static void happened(struct ev_loop *ev, ev_io *watcher, int events)
{
    struct io *io = watcher->data;
    (void)ev;
    if (events & EV_ERROR)
        BUG("a descriptor was closed while it was watched");
    fetch_ahead(io);
    io->is_collected = true;
    loop_collect(io->loop, io,
                 (events & EV_READ ? IO_READ : 0) | (events & EV_WRITE ? IO_WRITE : 0));
}

/* What has happened, and wasn't told yet, isn't told. */
static void forget(struct io *io)
{
    ev_io_stop(loop_ev(io->loop), &io->watcher);
    if (io->is_collected)
        loop_uncollect(io->loop, io);
    io->is_collected = false;
}

void io_init(struct io *io, void (*ready)(void *self, int events), void *self)
{
    *io = (struct io){.ready = ready, .self = self};
    ev_init(&io->watcher, happened);
    io->watcher.data = io;
}

/* libev knows no watcher that waits for nothing: such a one is stopped. */
static void watch(struct io *io, int fd, int events)
{
    if (events == 0)
        return;
    ev_io_set(&io->watcher, fd, to_ev(events));
    ev_io_start(loop_ev(io->loop), &io->watcher);
}

void io_start(struct loop *loop, struct io *io, int fd, int events)
{
    if (io->loop != NULL)
        BUG("io_start of one that is started");
    io->loop = loop;
    io->fd = fd;
    io->events = events;
    loop_count_io(loop, +1);
    watch(io, fd, events);
}

void io_change(struct io *io, int events)
{
    if (io->loop == NULL)
        BUG("io_change of one that isn't started");
    if (events == io->events)
        return;
    io->events = events;
    forget(io);
    watch(io, io->fd, events);
}

void io_cancel(struct io *io)
{
    if (io->loop == NULL)
        return;
    forget(io);
    loop_count_io(io->loop, -1);
    io->loop = NULL;
}

bool io_is_started(const struct io *io)
{
    return io->loop != NULL;
}
