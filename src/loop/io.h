/* io -- a descriptor that can be read or written (level-triggered). */
// SPDX-License-Identifier: MIT
#ifndef LOOP_IO_H
#define LOOP_IO_H

#include "loop/loop.h"

#include <stdbool.h>

#define IO_READ 1
#define IO_WRITE 2

#define IO_NEAR 12

/* Embedded in its owner. */
struct io {
    void (*ready)(void *self, int events); /* IO_READ | IO_WRITE */
    void *self;
    /* Where `ready` will look, as far as it is known, up to a NULL: the processor fetches the line there (64
     * bytes, most often) while the events of others are handled. With many users, their memory is in no
     * cache of it. May be any addresses, also such as are nobody's any more. */
    const void *near[IO_NEAR];
    struct loop *loop; /* private, from here; NULL: not started */
    int fd, events;
};

void io_init(struct io *io, void (*ready)(void *self, int events), void *self);
/* Watches fd, which must be non-blocking, for `events` (0: none for now). */
void io_start(struct loop *loop, struct io *io, int fd, int events);
/* Watches for other events from now on; the same as before costs nothing. */
void io_change(struct io *io, int events);
void io_cancel(struct io *io); /* before the descriptor is closed; nothing where it isn't started */
bool io_is_started(const struct io *io);

#endif
