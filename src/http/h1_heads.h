/*
 * h1_heads -- the last heads that were read, so that one that comes again need not be read again.
 *
 * Under load a server says the same thing over and over: its heads differ when its clock's second does, or
 * the length of a page. What is byte for byte a head that was well is that head; whatever isn't is read
 * as always.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_HEADS_H
#define HTTP_H1_HEADS_H

#include "base/str.h"
#include "http/headers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H1_HEADS_KEPT 8
#define H1_HEAD_BYTES_MAX 1024 /* of one that is kept */
#define H1_HEAD_ROWS_MAX 32

/* What a head says of the answer. */
struct h1_head {
    int status;
    bool is_http_1_0, has_length, is_chunked, wants_close, wants_keep;
    uint64_t length;
    size_t reason_at, reason_n; /* where the reason phrase stands in it */
    size_t n_headers;
};

/* Embedded in its owner; all zero is an empty one. Fields are private. */
struct h1_heads {
    struct h1_kept_head {
        size_t n; /* 0: none */
        struct h1_head head;
        char bytes[H1_HEAD_BYTES_MAX];
        struct http_header_at rows[H1_HEAD_ROWS_MAX];
    } kept[H1_HEADS_KEPT];
    size_t last;     /* that was found or kept */
    unsigned misses; /* in a row */
};

/* The head that `in` begins with, and its length; its headers are added to those given, as a parser adds
 * them. NULL: it isn't known. Borrowed until the next call. */
const struct h1_head *h1_heads_find(struct h1_heads *heads, struct str in, size_t *n,
                                    struct http_headers *headers);
/* Takes note of one that was read, from its first byte to the empty line: what it says, and where its
 * headers stand in it. One that is too long, or has too many headers, isn't kept. */
void h1_heads_keep(struct h1_heads *heads, struct str bytes, const struct h1_head *head,
                   const struct http_headers *headers);

#endif
