/*
 * body -- what a request sends: parts in memory and parts of files, one behind the other.
 *
 * Its length is known before the first byte is read, so that it can be announced. Files are read while
 * they are sent, a slice at a time, and never held whole; between their first byte and their last one
 * a descriptor is open, and no more than one of a body. Reading is blocking: of a local disk's file a
 * slice takes microseconds where it is cached, as files that are sent over and over are.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_BODY_H
#define HTTP_BODY_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct http_body;

struct http_body *http_body_new(void);
void http_body_free(struct http_body *b); /* NULL is fine */

/* Adds bytes, which are copied. */
void http_body_add(struct http_body *b, struct str bytes);
/* Adds all of an ordinary file, as long as it is now. -1: it can't be read; the error names it. */
int http_body_add_file(struct http_body *b, const char *path, struct err *err) ERR_CHECKED;

/* Of all parts, in bytes. */
uint64_t http_body_length(const struct http_body *b);

/* The next bytes, n where there are so many; 0: there are no more. -1: a file can't be read, or isn't
 * as long any more as it was when it was added; the error names it. */
ptrdiff_t http_body_read(struct http_body *b, char *into, size_t n, struct err *err) ERR_CHECKED;
/* Is read from its beginning again; closes what was open. */
void http_body_rewind(struct http_body *b);

#endif
