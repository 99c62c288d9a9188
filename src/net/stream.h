/*
 * stream -- a non-blocking byte stream on the loop: plain TCP, a Unix socket, or either under TLS.
 *
 * One watcher stays on IO_READ for the stream's whole life; IO_WRITE is watched only after a write
 * that the kernel took in part. Bytes are read into a buffer that the caller lends (one for the whole
 * process is enough: what is not used up at the end of the callback is the caller's to keep). Nothing
 * completes at once: `start` never calls back before it has returned; what is called back may close
 * the stream.
 */
// SPDX-License-Identifier: MIT
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"
#include "net/resolver.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stream;
struct
    tls_context; /* net/tls: what connections share: certificates, settings, tickets for resumption */

enum stream_failure {
    STREAM_OK,
    STREAM_NAME,  /* the name is unknown: code is an EAI_*, text says why */
    STREAM_ERRNO, /* a system call failed: code is an errno */
    STREAM_TLS,   /* handshake, certificate or record: text says why */
    STREAM_CLOSED /* the peer closed its side in good order */
};

struct stream_error {
    enum stream_failure failure;
    int code;
    char text[256];
};

struct stream_target {
    struct str host; /* a name, an address, or the path of a Unix socket where is_unix */
    uint16_t port;
    bool is_unix;
    struct str source;       /* address to bind to; empty: the system's choice */
    size_t choice;           /* which of several addresses to try first: modulo their number */
    struct tls_context *tls; /* NULL: plain */
    struct str server_name;  /* for TLS: SNI and verification */
};

struct stream_timings {
    uint64_t start_ns, resolved_ns, connected_ns,
        secured_ns; /* of the loop's clock; 0: not needed or not yet */
};

struct stream_events {
    void *self;
    void (*connected)(void *self); /* TLS included */
    void (*failed)(void *self,
                   const struct stream_error
                       *why); /* before connected, or while writing or reading; the end */
    /* Bytes are there: read them by stream_read until it answers 0 (or leave them for later). */
    void (*readable)(void *self);
    void (*drained)(void *self); /* what was left of a stream_write has gone */
};

/* Begins to resolve, connect and secure. All is borrowed for the call; loop, resolver and tls context
 * for the stream's life. Addresses that refuse are passed over for the next. */
struct stream *stream_start(struct loop *loop, struct resolver *resolver,
                            const struct stream_target *target, const struct stream_events *events);
/* Closes it at once, whatever it is doing; NULL is fine. No event comes afterwards. */
void stream_close(struct stream *s);
/* Others listen from now on (a connection that waits in a session is handed to the next request). */
void stream_set_events(struct stream *s, const struct stream_events *events);

/* Writes what the kernel takes now and keeps a copy of the rest, which goes by itself. 0, or -1 where
 * the stream has failed (`failed` is still told). One writev for several pieces. */
int stream_write(struct stream *s, const struct str *pieces, size_t n);
bool stream_is_drained(const struct stream *s);

/* Up to n bytes: how many came; 0: none are there at the moment; -1: the end, see *why (STREAM_CLOSED
 * for a good one). */
ptrdiff_t stream_read(struct stream *s, char *into, size_t n, struct stream_error *why);

/* Whether the peer has closed it or sent something unasked, asked before an idle one is used again:
 * one recv(MSG_PEEK); no event of the loop is needed. */
bool stream_is_dead(struct stream *s);

const struct stream_timings *stream_timings(const struct stream *s);
/* Protocol that ALPN settled on; empty: none. */
struct str stream_alpn(const struct stream *s);

#endif
