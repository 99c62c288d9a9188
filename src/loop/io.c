/* io -- a descriptor that can be read or written. */
// SPDX-License-Identifier: MIT
#include "loop/io.h"

#include "base/err.h"
#include "loop/poller.h"

void io_init(struct io *io, void (*ready)(void *self, int events), void *self)
{
    *io = (struct io){.ready = ready, .self = self};
}

void io_start(struct loop *loop, struct io *io, int fd, int events)
{
    if (io->loop != NULL)
        BUG("io_start of one that is started");
    io->loop = loop;
    io->fd = fd;
    io->events = events;
    loop_count_io(loop, +1);
    poller_watch(loop_poller(loop), io, fd, 0, events);
}

void io_change(struct io *io, int events)
{
    if (io->loop == NULL)
        BUG("io_change of one that isn't started");
    if (events == io->events)
        return;
    poller_watch(loop_poller(io->loop), io, io->fd, io->events, events);
    io->events = events;
}

void io_cancel(struct io *io)
{
    if (io->loop == NULL)
        return;
    poller_watch(loop_poller(io->loop), io, io->fd, io->events, 0);
    loop_count_io(io->loop, -1);
    io->loop = NULL;
}

bool io_is_started(const struct io *io)
{
    return io->loop != NULL;
}
