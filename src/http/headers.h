/*
 * headers -- names and values in order, names in any case.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner; all zero is an empty one. One block of bytes holds all texts. */
struct http_headers {
    struct buf bytes;
    struct http_header_at {
        uint32_t name, name_n, value, value_n;
    } * all;
    size_t n, capacity;
};

void http_headers_init(struct http_headers *h);
void http_headers_release(struct http_headers *h);
void http_headers_clear(struct http_headers *h); /* empty, memory kept */
void http_headers_copy(struct http_headers *to, const struct http_headers *from);
void http_headers_move(struct http_headers *to,
                       struct http_headers *from); /* which is empty then */
void http_headers_swap(struct http_headers *a, struct http_headers *b);
/* Room for `n` headers of `bytes` in all, without another allocation. */
void http_headers_reserve(struct http_headers *h, size_t n, size_t bytes);

/* Adds behind the others; both are copied, and may be pieces of these headers themselves. */
void http_headers_add(struct http_headers *h, struct str name, struct str value);
/* Puts it in the place of the first of that name, and removes further ones. */
void http_headers_set(struct http_headers *h, struct str name, struct str value);
void http_headers_remove(struct http_headers *h, struct str name);
/* Adds a blank and more text to the value of the last: a line that goes on (RFC 9112 5.2). */
void http_headers_fold(struct http_headers *h, struct str more);

/* For a parser, of a head that stays in place while it is read: each header by where its name and value
 * stand in it, and then the head itself, which is copied. Until then texts can't be asked for, and
 * http_headers_line can't afterwards either. */
void http_headers_add_row(struct http_headers *h, struct http_header_at row);
void http_headers_add_rows(struct http_headers *h, const struct http_header_at *rows, size_t n);
void http_headers_set_block(struct http_headers *h, struct str block);

/* Borrowed until the next change. The first of that name; false where there is none. */
bool http_headers_get(const struct http_headers *h, struct str name, struct str *value);
bool http_headers_has(const struct http_headers *h, struct str name);
struct str http_headers_name(const struct http_headers *h, size_t i);
struct str http_headers_value(const struct http_headers *h, size_t i);
/* "Name: value" as it is sent, NUL-terminated. */
const char *http_headers_line(const struct http_headers *h, size_t i);

/* Whether a script may send it: a name of token characters, a value without CR, LF and NUL. */
int http_header_check(struct str name, struct str value, struct err *err) ERR_CHECKED;

#endif
