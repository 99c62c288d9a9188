/*
 * decode -- content codings undone while a body comes in: gzip, deflate (zlib or raw), br, zstd.
 *
 * A bomb is met by a limit on what comes out.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_DECODE_H
#define HTTP_DECODE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

#define DECODE_CODINGS_MAX 5 /* one upon the other; more are not undone */

struct decoder;

/* For the value of Content-Encoding ("gzip", "br, gzip": undone from the last to the first).
 * NULL where there is nothing to undo (empty, identity) or a coding is unknown (*known false: the
 * body stays as it is). */
struct decoder *decoder_new(struct str content_encoding, bool *known);
void decoder_free(struct decoder *d);

/* Undoes the next piece and adds what comes of it to `out` (its limit is respected: an error, with
 * out->overflowed set). */
int decoder_feed(struct decoder *d, struct str piece, struct buf *out, struct err *err) ERR_CHECKED;
/* The body is over: an error where a coding is unfinished. An empty body is fine. */
int decoder_finish(struct decoder *d, struct err *err) ERR_CHECKED;

#endif
