/*
 * h1_request -- a request as HTTP/1.1 writes it: its line, its headers, and what frames its body.
 *
 * Host stands first, Content-Length last; between them the headers as they were given.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_REQUEST_H
#define HTTP_H1_REQUEST_H

#include "base/buf.h"
#include "http/exchange.h"
#include "http/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct h1_framing {
    bool is_chunked;  /* the script's Transfer-Encoding asks for it: the body is one chunk */
    bool wants_close; /* the connection can't be used for another request */
};

/* The line of a Host header, as it was written last. All zero is an empty one; fields are private. */
struct h1_host {
    uint16_t port;
    bool is_ipv6;
    size_t scheme_n, host_n, n;
    char line
        [300]; /* "Host: ", a name of at most 255 bytes with what stands around it, a port, CRLF */
};

#define H1_TAIL_MAX 700 /* bytes of a tail: more than a host of 255 bytes can make it */

/* What follows the path of a GET without headers of its own, but for the empty line, as it was written last. All zero is an empty one;
 * fields are private. */
struct h1_tail {
    uint64_t base_id;
    size_t n;
    char bytes[H1_TAIL_MAX];
};

/* Behind the body of one that is chunked. */
#define H1_LAST_CHUNK "\r\n0\r\n\r\n"

/* Adds a GET of a plain path behind a base (exchange_join) with the default headers, and `more` behind them,
 * none of which has anything to do with the framing; NULL: no more. `host` and `tail` are kept from one
 * request to the next. */
void h1_request_add_usual(struct buf *out, const struct exchange_base *base, struct str path,
                          const struct http_headers *more, struct h1_host *host,
                          struct h1_tail *tail);
/* The same with these headers alone. */
void h1_request_add_get(struct buf *out, const struct exchange_base *base, struct str path,
                        const struct http_headers *headers, struct h1_framing *framing,
                        struct h1_host *host);
/* Adds all that comes before the body. `host` is kept from one request to the next. */
void h1_request_add(struct buf *out, const struct transfer_spec *spec, struct h1_framing *framing,
                    struct h1_host *host);

#endif
