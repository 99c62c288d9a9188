/* codec -- bytes as text: base64 (RFC 4648 4) and hex. */
// SPDX-License-Identifier: MIT
#ifndef BASE_CODEC_H
#define BASE_CODEC_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

void base64_encode(struct buf *out, struct str bytes);
/* Padding may be missing; white space is skipped; anything else is an error. */
int base64_decode(struct buf *out, struct str text, struct err *err) ERR_CHECKED;
void hex_encode(struct buf *out, struct str bytes);

#endif
