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

/* One that was read. */
struct h1_kept_head {
    size_t n; /* 0: none */
    struct h1_head head;
    /* Its answer has a body of head.length bytes, keeps its connection, and asks for nothing to be done:
     * no redirect, no cookie to be kept, no body to be decoded. */
    bool is_plain;
    char bytes[H1_HEAD_BYTES_MAX];
    struct http_header_at rows[H1_HEAD_ROWS_MAX];
    /* Of a plain one: reason phrase and headers as a response has them, "OK\0Name: value\0\r\nName: …":
     * a NUL behind each. */
    size_t texts_n, lines_at; /* where the headers begin in it */
    char texts[H1_HEAD_BYTES_MAX];
};

/* Embedded in its owner; all zero is an empty one. Fields are private. */
struct h1_heads {
    struct h1_kept_head kept[H1_HEADS_KEPT];
    size_t last;     /* that was found or kept */
    unsigned misses; /* in a row */
};

/* The head that `in` begins with, and its length; its headers are added to those given, as a parser adds
 * them. NULL: it isn't known. Borrowed until the next call. */
const struct h1_head *h1_heads_find(struct h1_heads *heads, struct str in, size_t *n,
                                    struct http_headers *headers);
/* The same of a plain one alone, as it was kept. NULL: it isn't known, or isn't plain. */
const struct h1_kept_head *h1_heads_find_plain(struct h1_heads *heads, struct str in);
/* Takes note of one that was read, from its first byte to the empty line: what it says, and where its
 * headers stand in it. One that is too long, or has too many headers, isn't kept. */
void h1_heads_keep(struct h1_heads *heads, struct str bytes, const struct h1_head *head,
                   const struct http_headers *headers);

#endif
