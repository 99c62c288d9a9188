/*
 * dial -- from a host's name to a connected socket: resolve, bind, try one address after the other.
 *
 * Addresses that refuse are passed over for the next; the last one's reason is told. Has no time
 * limit: whoever waits long enough cancels. A Unix socket whose queue is full is tried again until
 * there is room, as a blocking connect would.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include "base/str.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "net/sources.h"
#include "net/stream_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dial;

struct dial_spec {
    struct str host; /* a name, an address, or the path of a Unix socket where is_unix */
    uint16_t port;
    bool is_unix;
    const struct sources *sources; /* where it comes from; NULL: the system's choice */
    size_t
        choice; /* the user's number: says which source, and which of several addresses is first */
};

/* One of them is called, and ends the dial; neither before dial_start has returned. */
struct dial_events {
    void *self;
    /* The socket is non-blocking and the receiver's to close. resolved_ns 0: nobody was asked. */
    void (*connected)(void *self, int fd, uint64_t resolved_ns);
    void (*failed)(void *self, const struct stream_error *why, uint64_t resolved_ns);
};

/* The spec is borrowed for the call, resolver and sources until the dial ends. */
struct dial *dial_start(struct loop *loop, struct resolver *resolver, const struct dial_spec *spec,
                        const struct dial_events *events);
void dial_cancel(struct dial *d);

#endif
