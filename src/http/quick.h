/*
 * quick -- a GET that goes the short way: no body, nothing unusual, over a connection that stands.
 *
 * Most requests of a run are such, and their answers come whole in one read and ask for nothing to be
 * done. Of these nothing is kept but what the transport needs to know them by. Whatever turns out to be
 * otherwise (a redirect, a cookie, an answer in pieces, a failure, a time limit) is handed over: its
 * owner starts an ordinary request then, which takes the place of what is under way. Nobody sees a difference.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_QUICK_H
#define HTTP_QUICK_H

#include "base/str.h"
#include "http/request.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h1_connection;
struct http_quick;

#define QUICK_TEXTS_MAX 1024 /* bytes */

/* A whole answer. */
struct quick_answer {
    int status;
    struct str texts; /* its reason, NUL, then its headers: "Name: value", NUL, "\n", and so on;
                         QUICK_TEXTS_MAX at most */
    size_t reason_n, lines_at; /* bytes; where the headers begin */
    struct str body;
    uint64_t start_ns, end_ns; /* of the loop's clock: written, and read */
};

#define QUICK_NEAR 8

/* Embedded in its owner; all zero at first. */
struct http_quick {
    /* Called once of the two, not after http_quick_cancel, from inside the loop or http_quick_start. The
     * answer is borrowed for the call. */
    void (*answered)(struct http_quick *q, const struct quick_answer *answer);
    /* To start the same by http_request_start, with spec->under_way, before it returns. */
    void (*handed_over)(struct http_quick *q);

    /* Where `answered` will look, and what follows it: see struct io in loop/io.h. Up to a NULL. Whoever
     * changes them changes the first. */
    const void *near[QUICK_NEAR];

    /* What went out besides Host, or `adds` and it is behind the default headers; NULL: those alone. */
    struct http_headers *headers;
    bool adds;

    /* private: the transport's */
    struct h1_connection *connection; /* NULL: it isn't under way */
    uint64_t active_ns;               /* when it was started */
    uint64_t gone_ns;                 /* when it was written; 0: not yet */
    size_t written;                   /* bytes */
};

/* What the transport is asked. */
struct quick_spec {
    const struct exchange_base *base;
    struct str path;
    const struct http_headers *headers; /* as http_quick has them */
    bool adds;
};

/* Starts it, where it can go this way: base and path are set, all else in the spec is as usual but the
 * headers. False: it can't, and nothing was done. */
bool http_quick_start(struct http_quick *q, struct loop *loop, struct http_session *session,
                      const struct http_spec *spec);
/* The same of a plain path behind a base, where there is nothing else to say. */
bool http_quick_get(struct http_quick *q, struct http_session *session,
                    const struct exchange_base *base, struct str path);
/* What went out besides Host, all of it. */
void http_quick_add_headers(const struct http_quick *q, struct http_headers *to);
/* Ends what is under way. Whether something of it was sent. */
bool http_quick_cancel(struct http_quick *q, struct http_session *session);
/* When it began: of the loop's clock. */
static inline uint64_t http_quick_start_ns(const struct http_quick *q)
{
    return q->gone_ns != 0 ? q->gone_ns : q->active_ns;
}

/* After its answer was told, or it was cancelled or handed over: its memory is for others. */
void http_quick_done(struct http_quick *q, struct http_session *session);
/* Frees what a transport keeps of those that are over: for its `free`. */
void http_quick_release(struct transport *t);

#endif
