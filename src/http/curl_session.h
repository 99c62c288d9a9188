/*
 * curl_session -- what a session has of libcurl: a cache for its connections, and handles.
 *
 * A session's first handle is its own and is kept, so that its next request sets only what is
 * different. One that sends several requests at once gets further handles from the spare ones that
 * all sessions share. A session that has sent nothing has none of it.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_CURL_SESSION_H
#define HTTP_CURL_SESSION_H

#include "base/buf.h"
#include "http/curl_handle.h"
#include "http/curl_names.h"
#include "http/curl_place.h"
#include "http/curl_sockets.h"
#include "http/transport.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "net/resolver.h"
#include "net/sources.h"

#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>

#define CURL_SPARE_LIMIT 64

enum curl_state {
    CURL_IDLE,
    CURL_RESOLVING,
    CURL_QUEUED,
    CURL_FAILED,
    CURL_RUNNING,
    CURL_WAITING /* until a Unix socket's queue may have room */
};

/* One transfer, and the handle that it is done with, which outlives it. The transport's, but for
 * what is marked. */
struct curl_transfer {
    struct curl_handle handle;    /* first */
    struct curl_session *session; /* set by curl_session_take; NULL: it is spare */
    enum curl_state state;
    const struct transfer_spec *spec;
    struct transfer_sink sink;
    uint64_t start_ns, queued_from_ns, queued_ns;
    double dns_ms;

    struct curl_name *names[CURL_PLACES_MAX]; /* whose addresses are needed */
    uint64_t loads_id[CURL_PLACES_MAX];       /* what libcurl is given of each; 0: nothing */
    size_t n_names;
    struct curl_name *asked; /* the first that isn't known */
    struct resolution *resolution;

    enum http_failure failure; /* of CURL_FAILED */
    struct buf text;
    struct curl_transfer *queue_prev, *queue_next; /* while queued or failed */

    struct timer again; /* of CURL_WAITING */
    uint64_t again_ns;  /* how long it waits next */

    struct timer limit; /* cancelled before the transfer becomes spare or ends */
    uint64_t limit_ns;
    struct curl_transfer *prev, *next; /* private: in the session's list, or among the spare */
};

/* What all sessions share. Embedded in its owner. */
struct curl_stock {
    struct loop *loop;
    struct curl_sockets *sockets;
    void (*limit)(void *self);     /* what a transfer's timer calls, with the transfer */
    const struct sources *sources; /* NULL: the system's choice */
    struct curl_transfer *spare;
    size_t n_spare, n_sessions;
    size_t n_made; /* sessions so far */
};

struct curl_session {
    struct curl_stock *stock;
    void *owner; /* the transport */
    CURLSH *share;
    struct curl_transfer *first;
    struct curl_transfer *active; /* list of those that were taken */
    struct curl_name *last_name;  /* the transport's, from here: where the last request went */
    bool is_connected;            /* probably: the last request was answered */
    size_t number;                /* the user's: says its source, and which of several addresses */
};

/* Loop, sockets and sources are borrowed for its life. */
void curl_stock_init(struct curl_stock *k, struct loop *loop, struct curl_sockets *sockets,
                     const struct sources *sources, void (*limit)(void *self));
void curl_stock_release(struct curl_stock *k); /* all sessions must be closed */

struct curl_session *curl_session_new(struct curl_stock *k, void *owner);
/* Closes its connections. None of its transfers may be active. */
void curl_session_free(struct curl_session *s);

/* Is one of its transfers held, or paused by libcurl? */
bool curl_session_is_held(const void *session);

/* A transfer that is idle; it counts as active from now on. */
struct curl_transfer *curl_session_take(struct curl_session *s);
/* The handle must not be in a multi any more. */
void curl_session_give(struct curl_transfer *x);

#endif
