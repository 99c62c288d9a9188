/*
 * request -- one request of a user, redirects and all, from its start to its response.
 *
 * Redirects, cookies, default headers and decoding happen here (http/exchange), above whichever
 * transport the session has. `http_request_start` does not fail: what goes wrong at once is a
 * result like any other, told later.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include "base/str.h"
#include "http/headers.h"
#include "http/response.h"
#include "http/session.h"
#include "http/transport.h"
#include "loop/loop.h"

#include <stdbool.h>

#define HTTP_REDIRECTS_DEFAULT 30
#define HTTP_TIMEOUT_DEFAULT_S 60               /* to connect, and without a byte */
#define HTTP_BODY_LIMIT (1024ull * 1024 * 1024) /* of a decoded body that is kept */

enum http_compress {
    HTTP_COMPRESS_DEFAULT /* gzip, deflate */,
    HTTP_COMPRESS_ALL /* and br, zstd */,
    HTTP_COMPRESS_NONE
};

/* All is borrowed for the call of http_request_start, which copies what it keeps. */
struct exchange_base;
struct http_spec {
    struct str method; /* sent in upper case */
    struct str url;    /* absolute; fragment and credentials allowed */
    /* Where it isn't NULL `url` is a plain path below it (exchange_join); it outlives the request. */
    const struct exchange_base *base;
    struct http_headers
        *headers;       /* of this request: override the session's and the defaults; NULL: none */
    bool gives_headers; /* they may be exchanged for others, which saves a copy; else they stay */
    const struct http_headers *cookies; /* name and value: of this request alone; NULL: none */
    struct str body;
    struct http_body **source; /* instead of `body`; taken: NULL stands there then. NULL: none */
    bool has_body;
    struct str content_type; /* of the body, where headers don't say; empty: none */
    bool has_auth;
    struct str user, password; /* Basic; override the URL's */
    bool follow_redirects;
    unsigned max_redirects;
    enum http_compress compress;
    struct http_settings settings;
    /* Called with each piece of the decoded body of the final answer instead of keeping it; NULL: kept.
     * False: enough for now, until http_request_resume; what was read already still comes. Must not
     * call anything of the request. */
    bool (*piece)(void *self, struct str piece);
    /* One of http/quick that is handed over: it was started before, and isn't sent again. NULL: none */
    const struct http_quick *under_way;
};

struct http_request;

/* `done` is called once, from the loop, never before this returned; not after a cancel. */
struct http_request *http_request_start(struct loop *loop, struct http_session *session,
                                        const struct http_spec *spec,
                                        void (*done)(void *self, struct http_request *request),
                                        void *self);
/* Ends it without a call of `done`. Whether something of it was sent: http_request_was_sent. */
void http_request_cancel(struct http_request *r);
/* With a `piece`: more may come again. May call `piece`. */
void http_request_resume(struct http_request *r);
/* Once a piece came: the rest of the answer isn't wanted, and the connection is closed. Where it is
 * under way, `done` is called before this returns, and what came until now is the response. */
void http_request_stop(struct http_request *r);
/* Cancels it where it is still under way. Its memory goes back to its session's transport. */
void http_request_free(struct http_request *r);
/* Frees what a transport keeps of requests that are over: for its `free`. */
void http_requests_release(struct transport *t);

/* After it is done: borrowed until it is freed. */
const struct http_response *http_request_response(const struct http_request *r);
bool http_request_is_done(const struct http_request *r);
bool http_request_was_sent(const struct http_request *r);
/* After it is done: the caller owns the response, once. */
struct http_response *http_request_take_response(struct http_request *r);

#endif
