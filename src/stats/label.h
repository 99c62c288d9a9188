/* label -- foreign text as it is kept: with a limit, and without NULs, so that it is a C string. */
// SPDX-License-Identifier: MIT
#ifndef STATS_LABEL_H
#define STATS_LABEL_H

#include "base/buf.h"
#include "base/str.h"

/* Adds the text, a NUL in it as the four characters \x00. What is longer than `limit` bytes is cut
 * between two characters, so that it fits together with `mark`, which then follows it. */
void label_add(struct buf *out, struct str text, size_t limit, struct str mark);

#endif
