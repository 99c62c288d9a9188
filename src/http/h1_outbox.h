/*
 * h1_outbox -- requests that are written one behind the other, at the end of the loop's turn.
 *
 * Users go on one after the other, and the kernel takes long to send something: in turns, each of the two
 * drives the other's code and data out of the processor's caches, and a server that has answered
 * everything meanwhile must be woken for each request. So what a turn asks for is written at once. None
 * waits for longer than the others of its turn need to ask, and no time is reckoned to it before it is
 * written.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_OUTBOX_H
#define HTTP_H1_OUTBOX_H

#include "base/buf.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>

#define H1_OUTBOX_REQUESTS 32         /* then they go at once */
#define H1_OUTBOX_BODY_MAX (8 * 1024) /* a larger body is sent by itself: here it is copied */

struct h1_posted {
    void *owner; /* NULL: it was taken back */
    size_t at, n;
};

/* Embedded in its owner. */
struct h1_outbox {
    struct buf bytes; /* of all that were posted: the next one is added by whoever posts it */

    /* private, from here */
    struct loop *loop;
    void (*write)(void *owner, struct str bytes);
    struct deferred flush;
    size_t n;
    bool is_writing;
    struct h1_posted posted[H1_OUTBOX_REQUESTS];
};

/* `write` is called for each request, its bytes borrowed for the call. It may post others. */
void h1_outbox_init(struct h1_outbox *box, struct loop *loop,
                    void (*write)(void *owner, struct str bytes));
void h1_outbox_release(struct h1_outbox *box);

/* False while a full one is written. */
bool h1_outbox_has_room(const struct h1_outbox *box);
/* The request that was added to box->bytes from this byte on; may write it, and those before it, at
 * once. */
void h1_outbox_post(struct h1_outbox *box, void *owner, size_t begin);
/* What this owner has posted isn't written any more. */
void h1_outbox_take_back(struct h1_outbox *box, const void *owner);

#endif
