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
    char *method, *url; /* what was asked; password masked */
    struct http_headers headers;
};

/* Fields are its interface; written by http/request alone. */
struct http_response {
    enum http_failure failure;
    char *failure_text; /* NULL for HTTP_OK */
    int status;         /* 0: no response */
    char *reason;       /* as sent by the server; "" where there is none */
    struct http_headers headers;
    struct buf body; /* decoded */
    uint64_t length; /* of the decoded body, also where it was not kept */
    char *url;       /* of the last hop */
    struct http_hop *hops;
    size_t n_hops;
    double response_time_ms;         /* the whole chain; body and decoding included */
    struct transfer_timings timings; /* summed over the chain */
    double start_s;                  /* wall time */
    /* what was sent in the first hop */
    char *request_method, *request_url; /* password masked */
    char *request_target; /* path and query of the first hop as sent: the statistics' name */
    struct http_headers request_headers;
    struct buf request_body;
};

void http_response_free(struct http_response *r);

#endif
