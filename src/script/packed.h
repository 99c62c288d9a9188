/*
 * packed -- a response in one block of memory.
 *
 * A copy of everything, behind one struct that says where it lies. So a response can be one userdata:
 * the collector knows what it weighs, and has nothing to finalize.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_PACKED_H
#define SCRIPT_PACKED_H

#include "base/str.h"
#include "http/response.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the bytes behind the struct; is_set: NULL is told from empty. */
struct piece {
    uint32_t at, n;
    bool is_set;
};

struct packed_headers {
    struct piece rows;  /* of struct http_header_at */
    struct piece bytes; /* that they point into */
};

struct packed_hop {
    int status;
    struct piece method, url;
    struct packed_headers headers;
};

/* Written by packed_copy; what has an address of its own is read by the functions below. */
struct packed {
    enum http_failure failure;
    int status;
    bool has_own; /* l_response's: the userdata has an environment of its own */
    double response_time_ms, start_s;
    struct transfer_timings timings;
    uint64_t length;
    struct piece failure_text, reason, url, body, hops;
    struct piece request_method, request_url, request_target, request_body;
    struct packed_headers headers, request_headers;
};

/* How many bytes it takes. */
size_t packed_size(const struct http_response *r);
/* Writes it; `to` has so many bytes. */
void packed_copy(struct packed *to, const struct http_response *r);

/* Borrowed from the block. Empty where the piece isn't set. */
struct str packed_text(const struct packed *r, struct piece piece);
size_t packed_count_headers(const struct packed_headers *h);
void packed_header(const struct packed *r, const struct packed_headers *h, size_t i,
                   struct str *name, struct str *value);
struct packed_hop packed_hop_at(const struct packed *r, size_t i); /* below r->hops.n */

#endif
