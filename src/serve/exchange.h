/*
 * exchange -- one request inside the server, and the libmicrohttpd daemon that it came through.
 *
 * Private to src/serve. A shard is one daemon with a few hundred connections: libmicrohttpd walks
 * all suspended connections of a daemon whenever one is resumed, so that ten thousand in one daemon
 * would cost the square of their number.
 */
// SPDX-License-Identifier: MIT
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include "base/buf.h"
#include "loop/io.h"
#include "loop/timer.h"
#include "serve/server.h"

#include <microhttpd.h>

/* What every exchange of a server needs to know. */
struct exchange_pool {
    struct loop *loop;
    server_handler *handler;
    void *handler_self;
    size_t body_limit;
    struct exchange_in *free; /* recycled ones */
};

struct shard {
    struct server *server;
    struct exchange_pool *pool; /* the server's */
    struct MHD_Daemon *daemon;
    struct io io;         /* the daemon's epoll descriptor */
    struct deferred turn; /* it has something to do without waiting for anything */
    struct timer idle;    /* some connection will have been idle for too long */
    unsigned n_connections;
    struct exchange_in *live; /* exchanges of its connections */
    bool has_partial;         /* some got a piece of their body since the last turn */
};

struct pairs {
    struct str (*items)[2];
    size_t n, capacity;
    bool is_filled;
};

struct exchange_in {
    struct shard *shard;
    struct MHD_Connection *connection;
    struct exchange_in *prev, *next; /* in the shard's list; next also in the pool's */
    struct str method;
    struct buf target;  /* as sent */
    struct buf decoded; /* what path and query point into */
    struct buf body;
    struct str path; /* p NULL: not decoded yet */
    struct pairs query, cookies;
    uint64_t received_ns;
    struct io gone_io;
    void (*gone)(void *self);
    void *gone_self;
    bool has_begun;    /* its headers were there */
    bool is_partial;   /* a piece of its body came, and not the end */
    bool in_handler;   /* our own handler runs */
    bool is_suspended; /* libmicrohttpd leaves it alone */
    bool is_answered;
    bool is_dropped;
};

/* libmicrohttpd's callbacks; self is the shard. */
void *exchange_on_target(void *self, const char *target, struct MHD_Connection *connection);
enum MHD_Result exchange_on_request(void *self, struct MHD_Connection *connection, const char *url,
                                    const char *method, const char *version, const char *data,
                                    size_t *n, void **context);
void exchange_on_end(void *self, struct MHD_Connection *connection, void **context,
                     enum MHD_RequestTerminationCode why);

/* After each of the daemon's rounds: closes what was cut off in its body. */
void exchange_close_cut_off(struct shard *shard);

/* Drops all that were not answered, so that the shard's daemon can be stopped. */
void exchange_drop_all(struct shard *shard);
void exchange_pool_release(struct exchange_pool *pool);

/* request.c: what the accessors have made is forgotten (its memory kept), or released. */
void exchange_clear_request(struct exchange_in *x);
void exchange_release_request(struct exchange_in *x);

#endif
