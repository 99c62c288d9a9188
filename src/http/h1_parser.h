/*
 * h1_parser -- an answer of HTTP/1.0 or 1.1, as its bytes come (RFC 9112).
 *
 * In place: what is found are slices of the bytes it was given, and nothing is kept of them but the
 * headers. Strict where two readers could see two different answers: a line that ends without a
 * carriage return, a header that goes on in the next line, NUL, two lengths that differ, a length
 * beside chunks, a chunk's length that is none. What such an answer fails with are the words that
 * the curl transport has for it, where it has any.
 *
 *     h1_parser_begin(&p, is_head);
 *     while ((event = h1_parser_next(&p, &in, &piece)) != H1_MORE) ...
 *
 * After H1_MORE what is left of `in` is given once more, with what came behind it: at most
 * HTTP_HEAD_LIMIT + H1_LINE_LIMIT bytes.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_H1_PARSER_H
#define HTTP_H1_PARSER_H

#include "base/buf.h"
#include "base/str.h"
#include "http/failure.h"
#include "http/h1_heads.h"
#include "http/headers.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define H1_LINE_LIMIT (100 * 1024) /* bytes of a header, as libcurl has it */
#define H1_CHUNK_LINE_LIMIT 4096   /* bytes of a chunk's length and its extensions */

enum h1_event {
    H1_MORE,  /* give what is left, and more */
    H1_HEAD,  /* the final answer's head is there: status, reason, headers (1xx are left out) */
    H1_PIECE, /* a piece of the body */
    H1_END,   /* the answer is whole; what is left of `in` is not part of it */
    H1_FAILED
};

/* Embedded in its owner; h1_parser_begin makes it good for another answer. */
struct h1_parser {
    int status;
    struct str reason;           /* from H1_HEAD to the next call */
    struct http_headers headers; /* from H1_HEAD; whoever wants them moves them out */
    uint64_t received;           /* bytes of the body */
    bool keeps_connection;       /* from H1_HEAD: the server wants to keep it, and so can we */

    /* Of H1_FAILED. */
    enum http_failure failure;
    const char *failure_name, *failure_text; /* NULL: see h1_parser_add_failure */

    struct h1_heads *heads; /* NULL: each head is read; else those that are known needn't be */

    /* private, from here */
    enum h1_state {
        H1_STATUS,
        H1_HEADERS,
        H1_BODY,
        H1_BODY_UNTIL_CLOSE,
        H1_CHUNK_LINE,
        H1_CHUNK,
        H1_CHUNK_END,
        H1_TRAILERS,
        H1_DONE
    } state;
    bool is_head, is_http_1_0, has_length, is_chunked;
    bool wants_close, wants_keep;
    size_t at;      /* where the line begins that is read next: `in` holds the whole head */
    size_t scanned; /* how far the line's end was looked for */
    size_t reason_at, reason_n;
    size_t head_bytes, n_headers; /* of 1xx too, and trailers */
    uint64_t length, left;        /* the body's; left: the chunk's, where it is chunked */
    unsigned version;             /* of a version that is not ours: 9.1 is 91 */
};

/* All zero is a good one to begin with; is_head: the answer to a HEAD request. */
void h1_parser_begin(struct h1_parser *p, bool is_head);
void h1_parser_release(struct h1_parser *p);

enum h1_event h1_parser_next(struct h1_parser *p, struct str *in, struct str *piece);

/* The connection was closed, all that came was read, and H1_MORE was the answer to it: H1_END where
 * that is the body's end, else H1_FAILED. */
enum h1_event h1_parser_close(struct h1_parser *p);

/* Whether a line of the answer has come. */
bool h1_parser_has_begun(const struct h1_parser *p);

/* The text of H1_FAILED. */
void h1_parser_add_failure(const struct h1_parser *p, struct buf *out);

#endif
