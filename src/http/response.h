/*
 * response -- what came of a request: an answer, or a failure.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "base/buf.h"
#include "base/str.h"
#include "http/failure.h"
#include "http/headers.h"
#include "http/transport.h"

#include <stdint.h>

/* A redirect on the way. */
struct http_hop {
    int status;
    char *method, *url; /* what was asked; as response.url */
    struct http_headers headers;
};

/* Fields are its interface; written by http/request alone. After a failure status, headers and body
 * are empty, whatever had come. */
struct http_response {
    enum http_failure failure;
    char *failure_text; /* NULL for HTTP_OK */
    int status;         /* 0: no response */
    const char *reason; /* as sent by the server; "" where there is none */
    struct http_headers headers;
    struct buf body; /* decoded */
    uint64_t length; /* of the decoded body, also where it was not kept */
    const char *url; /* of the last hop, with its fragment, without credentials */
    struct http_hop *hops;
    size_t n_hops;
    double response_time_ms;         /* the whole chain; body and decoding included */
    struct transfer_timings timings; /* summed over the chain */
    double start_s;                  /* wall time */
    /* what was sent in the first hop */
    const char *request_method, *request_url; /* upper case; without credentials */
    const char *request_target; /* path and query of the first hop as sent: the statistics' name */
    const struct http_headers *request_headers; /* never NULL; the request's, until it is taken */
    struct buf request_body;
    bool has_request_body; /* an empty one is still one */

    /* private */
    struct http_headers own_request_headers; /* of one that was taken */
    struct buf asked, answered;              /* where the texts above stand */
    struct http_response *next_spare;
};

/* Empty. */
struct http_response *http_response_new(void);
/* Empty again, most of its memory kept: for another request. */
void http_response_clear(struct http_response *r);
void http_response_free(struct http_response *r);

#endif
