/*
 * server -- an HTTP server (libmicrohttpd) whose requests are answered by functions.
 *
 * It stands on a loop: its epoll descriptor is watched there, and handlers run in the loop's turn.
 * A handler answers at once, or takes the exchange and answers later. At most `connections` at a
 * time (libmicrohttpd's own limit is 1,020; each costs about 33 KB at most).
 */
// SPDX-License-Identifier: MIT
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "base/err.h"
#include "base/str.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct server;
struct exchange_in; /* one request that came, until it is answered */

struct server_options {
    const char *bind; /* address; "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;    /* 0: any free one, see server_port */
    unsigned connections;
    size_t body_limit; /* bytes; a larger body is answered by 413 */
};

struct server_reply {
    int status;
    struct str body;                /* copied */
    struct str content_type;        /* empty: none is sent */
    const struct str (*headers)[2]; /* further ones; copied */
    size_t n_headers;
    bool close; /* Connection: close */
};

/* The handler answers x (server_answer and the like) now or later, exactly once. */
typedef void server_handler(void *self, struct exchange_in *x);

struct server *server_new(struct loop *loop, const struct server_options *options,
                          server_handler *handler, void *self, struct err *err);
/* Closes all connections; exchanges that were not answered are dropped. */
void server_free(struct server *s);
uint16_t server_port(const struct server *s);
size_t server_connections(const struct server *s); /* open now */

/* Borrowed until it is answered. */
struct str server_method(const struct exchange_in *x);
struct str server_path(const struct exchange_in *x); /* decoded, without the query */
struct str server_query(const struct exchange_in *x,
                        const char *name);                 /* a parameter's value; p NULL: absent */
struct str server_raw_target(const struct exchange_in *x); /* path and query as sent */
struct str server_header(const struct exchange_in *x, const char *name); /* p NULL: absent */
struct str server_body(const struct exchange_in *x);
size_t server_each_header(const struct exchange_in *x,
                          void (*each)(void *self, struct str name, struct str value),
                          void *self);                                   /* how many */
struct str server_cookie(const struct exchange_in *x, const char *name); /* p NULL: absent */

void server_answer(struct exchange_in *x, const struct server_reply *reply);
/* A body of unknown length, sent chunked: n pieces of this text. */
void server_answer_chunked(struct exchange_in *x, int status, struct str piece, size_t n);
/* No answer: the connection is closed. */
void server_drop(struct exchange_in *x);
/* Told when the client goes away before the answer; after it x must still be answered or dropped. */
void server_on_gone(struct exchange_in *x, void (*gone)(void *self), void *self);

#endif
