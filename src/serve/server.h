/*
 * server -- an HTTP/1.1 server (libmicrohttpd) whose requests are answered by functions.
 *
 * It stands on a loop: handlers run in the loop's turn, and a handler answers at once, or keeps the
 * exchange and answers later. At most `connections` are served at a time; further ones wait in the
 * listener's queue. serve/thread gives it a loop and a thread of its own.
 */
// SPDX-License-Identifier: MIT
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;
struct exchange_in; /* one request that came, until it is answered */

struct server_options {
    const char *bind;     /* an address in numbers: "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;        /* 0: any free one, see server_port */
    unsigned connections; /* at least 1 */
    size_t body_limit;    /* bytes; a larger body is answered by 413 */
    size_t header_limit;  /* bytes of memory for a request's line and headers, as well as for the
                           * answer's headers; larger ones are answered by 414 or 431; 0: 16 KB */
    unsigned idle_s;      /* a connection over which nothing has moved for so long is closed, unless
                           * its answer is still to come; by the machine's clock. 0: a client may be
                           * as slow as it likes */
    bool is_silent;       /* nothing is said in the log, which is for one thread alone */
};

struct server_reply {
    int status;                     /* 200 to 599 */
    struct str body;                /* copied; none is sent where the status allows none */
    struct str content_type;        /* empty: none is sent */
    const struct str (*headers)[2]; /* further ones; copied; a control character in one makes the
                                     * whole answer a 500 */
    size_t n_headers;
    bool close; /* Connection: close */
};

/* The handler answers x (server_answer and the like) now or later, exactly once. */
typedef void server_handler(void *self, struct exchange_in *x);

struct server *server_new(struct loop *loop, const struct server_options *options,
                          server_handler *handler, void *self, struct err *err);
/* Closes all connections; exchanges that were not answered are dropped, and nobody is told: whoever
 * keeps some forgets them before. NULL is fine. */
void server_free(struct server *s);
uint16_t server_port(const struct server *s);
size_t server_connections(const struct server *s); /* open now */
uint64_t server_accepted(const struct server *s);  /* connections since the start */

/* All that follows is borrowed until x is answered; p NULL where something is absent. */
struct str server_method(const struct exchange_in *x);
struct str server_path(struct exchange_in *x); /* decoded, without the query */
struct str server_query(struct exchange_in *x,
                        const char *name);                 /* the first of that name, decoded */
struct str server_raw_target(const struct exchange_in *x); /* path and query as sent */
struct str server_header(const struct exchange_in *x, const char *name); /* any case; the first */
struct str server_cookie(struct exchange_in *x, const char *name); /* the first of that name */
struct str server_body(const struct exchange_in *x);
/* Adds the address of who sent it, as text. */
void server_add_peer(const struct exchange_in *x, struct buf *out);
/* When its headers were there, on the loop's clock. */
uint64_t server_received_ns(const struct exchange_in *x);

typedef void server_each(void *self, struct str name, struct str value);
void server_each_header(const struct exchange_in *x, server_each *each, void *self);
void server_each_query(struct exchange_in *x, server_each *each, void *self);
void server_each_cookie(struct exchange_in *x, server_each *each, void *self);

void server_answer(struct exchange_in *x, const struct server_reply *reply);
/* The reply's body over and over, `length` bytes of it, made while it is sent: chunked, each time a
 * chunk, or with a Content-Length. */
void server_answer_repeated(struct exchange_in *x, const struct server_reply *reply,
                            uint64_t length, bool chunked);
/* The reply's body so many times, chunked: at once, and then each so long after the one before. */
void server_answer_spaced(struct exchange_in *x, const struct server_reply *reply, uint64_t times,
                          uint64_t every_ns);
/* No answer: the connection is closed. */
void server_drop(struct exchange_in *x);

/* Called by the handler of x: tells when the client goes away before the answer (at most once; it
 * costs two system calls). After it x must still be dropped, at once or later. */
void server_on_gone(struct exchange_in *x, void (*gone)(void *self), void *self);

/* "libmicrohttpd 0.9.75": of the library that is loaded. */
void server_add_version(struct buf *out);

#endif
