/*
 * transport -- one request and one answer over the wire; what curl_* and h1_* fill.
 *
 * Follows nothing, keeps no cookies, decodes nothing, adds no header of its own but Host,
 * Content-Length and Connection: all that stands once above, in http/exchange. Who is above can't
 * tell the transports apart.
 *
 * Nothing completes at once: no function of the sink is called before `start` has returned, none
 * after `done` or `cancel`. All pieces are borrowed for the call. From inside `head` and `body` no
 * function of the transport may be called but `hold`; from inside `done` all may.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_TRANSPORT_H
#define HTTP_TRANSPORT_H

#include "base/err.h"
#include "base/str.h"
#include "base/url.h"
#include "http/body.h"
#include "http/failure.h"
#include "http/headers.h"

#include <stdbool.h>
#include <stdint.h>

#define HTTP_HEAD_LIMIT (256 * 1024) /* bytes of status line and headers */
#define HTTP_HEADERS_LIMIT 1000      /* how many headers */

struct http_session;

enum http_version {
    HTTP_VERSION_DEFAULT,
    HTTP_VERSION_1_0,
    HTTP_VERSION_1_1,
    HTTP_VERSION_2,
    HTTP_VERSION_2_PRIOR
};

/* What holds for a whole request; lives at least as long as the transfer. All seconds; 0: no limit. */
struct http_settings {
    double connect_s, read_s, total_s;
    bool verify;
    const char *ca_file;              /* NULL: the system's */
    const char *cert_file, *key_file; /* NULL: none */
    const char *proxy;                /* URL; NULL: none */
    enum http_version version;
};

struct transfer_spec {
    struct str method; /* as sent */
    struct str url;    /* absolute, without fragment and credentials, ready to be sent */
    struct url parts;  /* of it */
    const struct http_headers *headers; /* all but Host, Content-Length, Connection */
    struct str body;
    struct http_body *source; /* instead of `body`, from its beginning; NULL: none */
    bool has_body;            /* an empty body is still one */
    const struct http_settings *settings;
    double total_left_s; /* of settings->total_s, after the redirects so far; 0: no limit */
    uint64_t now_ns;     /* when it starts */
};

static inline uint64_t transfer_body_length(const struct transfer_spec *spec)
{
    return spec->source != NULL ? http_body_length(spec->source) : spec->body.n;
}

struct transfer_timings {
    double dns, connect, tls, wait, receive; /* ms; 0 where a step wasn't needed */
};

struct transfer_end {
    enum http_failure failure;
    struct str text; /* of the failure, as http/failure has them; empty for HTTP_OK */
    struct transfer_timings timings;
    uint64_t start_ns, end_ns; /* of the loop's clock: of `start`, after the last byte */
    uint64_t queued_ns;        /* of these it waited for its turn with us: no part of any answer */
    bool was_sent;             /* something of the request may have reached the server */
};

struct transfer_sink {
    void *self;
    /* The head of the final answer (1xx are left out), before any piece of the body. Whoever wants
     * to keep the headers may move them out (http_headers_move). */
    void (*head)(void *self, int status, struct str reason, struct http_headers *headers);
    /* A piece of the body as it came. False: enough, end the transfer (it ends as HTTP_OTHER). */
    bool (*body)(void *self, struct str piece);
    void (*done)(void *self, const struct transfer_end *end);
};

struct transfer; /* the transport's own */

struct exchange_base;
struct http_request;
struct http_response;
struct http_quick;
struct quick_headers;
struct quick_spec;

struct transport {
    /* Of requests that are over, for others: http/request's, and http/quick's. */
    struct http_request *spare_requests;
    struct http_response *spare_responses;
    struct quick_headers *spare_headers;
    size_t n_spare_requests, n_spare_responses, n_spare_headers;

    /* The spec is borrowed until done or cancel; the sink is copied. */
    struct transfer *(*start)(struct transport *t, struct http_session *s,
                              const struct transfer_spec *spec, const struct transfer_sink *sink);
    /* Says whether something of the request may have reached the server. */
    bool (*cancel)(struct transfer *x);
    /* After `head`: reads no further, or goes on. What has been read already may still come. The time
     * without a byte isn't limited meanwhile. */
    void (*hold)(struct transfer *x, bool holds);
    /* After `head`: the rest isn't wanted. Calls `done` before it returns, as if `body` had said so. */
    void (*stop)(struct transfer *x);
    /* Whether a request of this session can go the quick way of http/quick now; NULL: none ever can. */
    bool (*has_quick)(struct transport *t, const struct http_session *s,
                      const struct exchange_base *base);
    /* Starts one, where has_quick said so. False: this one can't go it after all, and nothing was done.
     * One that is handed over is taken from the session by the next `start`, which is called before
     * handed_over returns. */
    bool (*start_quick)(struct transport *t, struct http_session *s, const struct quick_spec *spec,
                        struct http_quick *q);
    /* As cancel. */
    bool (*cancel_quick)(struct transport *t, struct http_session *s, struct http_quick *q);
    /* The session ends: close what is its own. */
    void (*close_session)(struct transport *t, struct http_session *s);
    /* The user has gone: close the session's connections, unless a request uses them. NULL: it has
     * none that outlive a request. */
    void (*disconnect)(struct transport *t, struct http_session *s);
    /* Whether it can serve these settings; the error names the option. */
    int (*check)(struct transport *t, const struct http_settings *settings, struct err *err);
    void (*free)(struct transport *t);
};

#endif
