/*
 * json_text -- values as JSON writes them, for reports that are written piece by piece.
 *
 * jansson writes doubles with seventeen digits and knows no bytes that are no text; here doubles are the
 * shortest ones that read back as the same, and what is not UTF-8 is shown as \xNN.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_JSON_TEXT_H
#define REPORT_JSON_TEXT_H

#include "base/buf.h"
#include "base/str.h"

#include <jansson.h>

/* A string, with its quotes. Foreign text: control characters are escaped, and what some take for the end of
 * a line. */
void json_text_add_string(struct buf *out, struct str foreign);
/* 12.5, 12.0; null where it is not finite. */
void json_text_add_number(struct buf *out, double value);
/* A whole value without blanks, names in their order; NULL: null. */
void json_text_add_value(struct buf *out, const json_t *value);

#endif
