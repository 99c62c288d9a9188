/*
 * stream -- a non-blocking byte stream on the loop: plain TCP, a Unix socket, or either under TLS.
 *
 * One watcher stays on IO_READ for the stream's whole life; IO_WRITE is watched only after a write
 * that the kernel took in part. Bytes are read into a buffer that the caller lends (one for the whole
 * process is enough: what is not used up at the end of the callback is the caller's to keep). Nothing
 * completes at once: `start` never calls back before it has returned, nor does stream_write; what is
 * called back may close the stream.
 *
 * How a stream ends is told once: before `connected` by `failed`, afterwards by stream_read alone. So
 * an answer that came before the peer broke off can still be read, also by who failed to write.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/str.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "net/sources.h"
#include "net/stream_error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream;
struct tls_context; /* net/tls: what connections share: certificates, settings */
struct tls_tickets; /* net/tls: what one client remembers, to resume */

struct stream_target {
    struct str host; /* a name, an address, or the path of a Unix socket where is_unix */
    uint16_t port;
    bool is_unix;
    const struct sources *sources; /* where it comes from; NULL: the system's choice */
    size_t
        choice; /* the user's number: says which source, and which of several addresses is first */
    struct tls_context *tls;     /* NULL: plain */
    struct str server_name;      /* for TLS: SNI and verification; empty: host */
    struct tls_tickets *tickets; /* for TLS; NULL: each connection starts afresh */
};

/* Of the loop's clock; 0: not needed or not yet. */
struct stream_timings {
    uint64_t start_ns, resolved_ns, connected_ns, secured_ns;
};

/* Any may be NULL. Where `readable` is, nobody expects anything: the stream looks by itself whether
 * it is dead, so that an idle one costs nothing. */
struct stream_events {
    void *self;
    /* Bytes are there, or the end: read them by stream_read until it answers 0; what is left is told
     * again next turn. There may be nothing to read after all (what came was TLS's own). */
    void (*readable)(void *self);
    void (*connected)(void *self);                              /* TLS included */
    void (*failed)(void *self, const struct stream_error *why); /* to connect; the end */
    void (*drained)(void *self); /* what was left of a stream_write has gone */
};

/* Begins to resolve, connect and secure. All is borrowed for the call; loop, resolver, sources,
 * TLS context and tickets for the stream's life. Addresses that refuse are passed over for the next. */
struct stream *stream_start(struct loop *loop, struct resolver *resolver,
                            const struct stream_target *target, const struct stream_events *events);
/* Closes it at once, whatever it is doing; NULL is fine. No event comes afterwards. */
void stream_close(struct stream *s);
/* Others listen from now on (a connection that waits in a session is handed to the next request). */
void stream_set_events(struct stream *s, const struct stream_events *events);

/* Where `readable` will look from now on, and who is told of what it read (see struct io in loop/io.h): n
 * addresses, STREAM_NEAR at most. */
#define STREAM_NEAR 11
void stream_set_near(struct stream *s, const void *const *near, size_t n);

/*
 * Once connected: writes what the kernel takes now and keeps a copy of the rest, which goes by
 * itself. 0, or -1 where nothing can be written any more; `readable` comes then, so that stream_read
 * tells what the peer said and why it ended. One writev for several pieces.
 */
int stream_write(struct stream *s, const struct str *pieces, size_t n);
bool stream_is_drained(const struct stream *s);

/*
 * Up to n bytes (n > 0): how many came; 0: none are there at the moment; -1: the end, see *why
 * (STREAM_CLOSED for a good one). Costs no system call where it is known that nothing is there: a
 * small exchange is one write and one read.
 */
ptrdiff_t stream_read(struct stream *s, char *into, size_t n, struct stream_error *why);

/* Once connected: tells nothing of what comes, and leaves it with the kernel and so with the peer, until
 * it is let go. Writing goes on. */
void stream_hold(struct stream *s, bool holds);

/* Whether the peer has closed it or sent something unasked, asked before an idle one is used again:
 * one recv(MSG_PEEK); no event of the loop is needed. */
bool stream_is_dead(struct stream *s);

/* How many of the bytes that were written last the peer's system has not acknowledged, also after the
 * end; 0 where that isn't known. What it never acknowledged, nobody there has read. */
size_t stream_unheard(const struct stream *s);

const struct stream_timings *stream_timings(const struct stream *s);
/* Once connected: the protocol that ALPN settled on (empty: none), and whether TLS was resumed. */
struct str stream_alpn(const struct stream *s);
bool stream_is_resumed(const struct stream *s);

#endif
