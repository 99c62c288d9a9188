/*
 * h1_connection -- one connection to a server, and the request that is on it.
 *
 *      opening --> idle <--> busy --> closed
 *         \-- a request may wait for it --/
 *
 * All connections of a process read into one buffer; only what is left of an answer's head between
 * two reads is kept by its request. A request goes out with one write, with others at the end of the
 * turn, and a large body in slices, so that it is neither copied whole nor taken for a stall while it moves.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_CONNECTION_H
#define HTTP_H1_CONNECTION_H

#include "base/buf.h"
#include "http/h1_outbox.h"
#include "http/h1_parser.h"
#include "http/h1_request.h"
#include "http/quick.h"
#include "http/transport.h"
#include "loop/loop.h"
#include "net/resolver.h"
#include "net/stream.h"
#include "net/tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H1_READ_BYTES (64 * 1024) /* at once, of all connections of a line */

struct h1_connection;
struct h1_exchange;

/* What all connections of a transport share. Embedded in its owner. */
struct h1_line {
    struct loop *loop;
    struct resolver *resolver;
    const struct sources *sources; /* where connections come from; NULL: the system's choice */
    /* The exchange is over, and the connection idle or of no use: then it must be closed. Each may
     * be used at once, or freed. The failure's text is in `text`, borrowed for the call. */
    void (*ended)(struct h1_exchange *x, struct h1_connection *c, enum http_failure failure,
                  struct str text, bool keeps_connection);
    /* A connection that had been used before was closed by the server before it got anything of this
     * request: it must be closed, and the request can be sent again. */
    void (*unheard)(struct h1_exchange *x, struct h1_connection *c);
    /* An idle one was closed by the server, or spoke unasked: it must be closed. */
    void (*lost)(struct h1_connection *c);

    /* The answer to a quick one has come, and the connection is idle. */
    void (*quick_answered)(struct h1_connection *c, struct http_quick *q,
                           const struct quick_answer *answer);
    /* A quick one is none: it has to be handed over, so that an exchange takes its place. */
    void (*quick_ended)(struct h1_connection *c);

    /* Its body can't be read, as `text` says (borrowed): its connection must be closed now, and the
     * owner tells of it later. */
    void (*unreadable)(struct h1_exchange *x, struct str text);

    bool is_inside; /* a sink's head or body */

    /* private */
    char *bytes; /* what is read */
    struct http_headers
        headers;             /* lent to who reads a head, so that few have memory of their own */
    struct h1_outbox outbox; /* what is written at the end of the turn */
    struct h1_heads heads;   /* that were read */
    struct h1_host host;     /* that was asked last */
    struct h1_tail tail;     /* of the quick one that was written last */
    unsigned n_ended;        /* quick ones in a row that were none */
    struct buf head;         /* of what is written by itself */
    char *slice;             /* of a body that is read while it is written; NULL: none was yet */
};

void h1_line_init(struct h1_line *line, struct loop *loop, struct resolver *resolver,
                  const struct sources *sources);
void h1_line_release(struct h1_line *line); /* all connections must be closed */

/* A request and its answer. Embedded in its owner. */
struct h1_exchange {
    const struct transfer_spec *spec;
    struct transfer_sink sink; /* its `done` is the owner's to call */
    bool was_sent;             /* something of it may have reached the server */
    uint64_t active_ns;        /* when it was last sent, or something of its answer came */
    uint64_t sent_ns; /* where it had to wait for its connection: when that stood; else 0 */
    uint64_t gone_ns; /* where it waited for the end of the turn: when it was written; else 0 */
    uint64_t first_ns, last_ns;       /* the first and the last that came; 0: nothing yet */
    struct h1_connection *connection; /* NULL: none */
    bool is_held;                     /* no more of its answer is read for now */

    /* private, from here */
    struct h1_parser parser;
    struct h1_framing framing;
    struct buf rest;    /* of the head, between two reads */
    uint64_t body_gone; /* bytes of the body that were written */
    size_t written;     /* bytes of the first write; SIZE_MAX: there was another */
};

struct h1_connection {
    struct h1_connection *next; /* the owner's */
    void *owner;
    struct stream *stream; /* may be asked for its timings */
    bool is_connected;     /* it stood, with TLS where that is wanted */

    /* private, from here */
    struct h1_line *line;
    struct h1_exchange *exchange; /* NULL: it is idle, or has a quick one */
    struct http_quick *quick;     /* NULL: none; never beside an exchange */
    const void *near_first;       /* of a quick one's `near`, as the stream was told them last */
    const struct tls_context *tls;
    uint16_t port;
    bool is_posted;   /* its request isn't written yet */
    uint64_t idle_ns; /* since when */
    uint64_t base_id; /* of a base to which it leads, with the usual settings; 0: not known */
    size_t host_n;
    char host[];
};

/* Where a request goes. */
struct h1_place {
    const struct url *url;
    struct tls_context *tls;     /* NULL: plain */
    struct tls_tickets *tickets; /* with TLS: what the session remembers of servers */
    size_t choice;               /* the user's number: see net/stream.h */
};

/* Begins to connect. The place is borrowed for the call, what its TLS is for the connection's life. */
struct h1_connection *h1_connection_open(struct h1_line *line, void *owner,
                                         const struct h1_place *place);
/* At once, whatever is on it; what is told no more. */
void h1_connection_close(struct h1_connection *c);

/* Whether a request to this place can go over it. */
bool h1_connection_serves(const struct h1_connection *c, const struct h1_place *place);
/* Asked of an idle one before it is used again. One that became idle in this turn of the loop is taken
 * to live: asking costs a system call, and should the server have closed it meanwhile, `unheard` or
 * h1_connection_send tell. */
bool h1_connection_is_dead(struct h1_connection *c);

/* Of one that is all zero at first, or was used before: its memory is used again. Spec and sink are set. */
void h1_exchange_init(struct h1_exchange *x);
void h1_exchange_release(struct h1_exchange *x);

/* Sends it now, or once the connection stands. -1: the connection can't be used any more, nothing of
 * the request has left, and nothing is told of it. */
int h1_connection_send(struct h1_connection *c, struct h1_exchange *x);

/* Of one that has a request whose answer has begun: reads no further in it, or goes on. */
void h1_connection_hold(struct h1_connection *c, bool holds);
/* Ends that request, whose rest isn't wanted: `ended` is called before this returns. */
void h1_connection_stop(struct h1_connection *c);

#endif
