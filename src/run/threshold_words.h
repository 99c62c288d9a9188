/*
 * threshold_words -- words, quotes and refusals of the text of a threshold.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_WORDS_H
#define RUN_THRESHOLD_WORDS_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* "'TEXT'", visible, and cut where it is long. */
void threshold_add_quoted(struct buf *out, struct str text);
/* "expected WHAT, got 'TEXT'"; of an empty text, "got nothing". Returns -1, as does the next. */
int threshold_refuse(const char *what, struct str got, struct err *err);
/* "unknown KIND 'NAME' (did you mean 'NEAR'?)HINT"; near may be NULL. */
int threshold_refuse_name(const char *kind, struct str name, const char *near, const char *hint,
                          struct err *err);

bool threshold_is_blank(char c);
/* How long the quoted text is that begins with s, with its quotes; 0: it isn't closed. */
size_t threshold_quoted_length(struct str s);
/* Whether a quote opens at i: where a word begins. In the middle of one it is a character. */
bool threshold_opens_quote(struct str s, size_t i);
/* The first word of *rest, which then is what stands behind it. */
struct str threshold_cut_word(struct str *rest);
/* A name as it stands, or what its quotes hold; the caller owns it. NULL: an error. */
char *threshold_read_name(struct str s, struct err *err);

#endif
