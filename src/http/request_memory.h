/*
 * request_memory -- what http/request has of a request, and how its memory is used again.
 *
 * For request.c alone. A transport keeps those that are over: in the steady state of a run no request
 * allocates anything.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_REQUEST_MEMORY_H
#define HTTP_REQUEST_MEMORY_H

#include "base/buf.h"
#include "http/decode.h"
#include "http/request.h"

#define REQUEST_METHOD_MAX 16 /* bytes; longer ones have memory of their own */

struct http_request {
    /* Used again and again: memory that texts stand in. */
    struct http_request *next_spare;
    struct buf url, fragment, long_method;
    struct http_headers
        first_headers; /* of the first hop, where they aren't those of every request */
    struct http_headers hop_headers; /* of further hops */
    struct http_headers own_cookies;
    struct buf location; /* of this hop's answer */
    struct buf broken_text;

    /* Set by each start. */
    struct loop *loop;
    struct http_session *session;
    void (*done)(void *self, struct http_request *request);
    bool (*piece)(void *self, struct str piece);
    void *self;
    struct transfer_spec hop; /* that of this hop; borrows from here and from the response */
    struct http_settings settings;
    struct deferred failed_at_once;
    uint64_t start_ns;
    unsigned max_redirects;
    bool follows;

    char method[REQUEST_METHOD_MAX]; /* of the first hop, where it fits */

    /* From here on all zero at first. */
    struct http_response *response; /* NULL: not yet, or taken */
    bool is_done, was_sent;
    bool is_stopped;          /* the rest of the answer isn't wanted */
    int hop_status;           /* where it is a redirect; 0: it is not */
    enum http_failure broken; /* why we ended the transfer ourselves */
    uint64_t passed_by;       /* of its body */
    uint64_t end_ns;
    uint64_t queued_ns;        /* in between, of all hops, they waited for their turn with us */
    struct transfer *transfer; /* under way */
    struct http_body *source;
    struct decoder *decoder;
};

/* An empty one. It gets its response when that comes: what is under way for long is small then, and what
 * an answer is read into was used a moment ago. */
struct http_request *request_take(struct transport *t);
/* Back to its session's transport, with its response; nothing may be under way. */
void request_give(struct http_request *r);
struct http_response *response_take(struct transport *t);

#endif
