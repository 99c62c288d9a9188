/*
 * text -- numbers, times and foreign text as people read and write them.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

/* The whole text is a number within the bounds; else an error that says what was expected
 * ("expected a whole number from 1 to 65535, got 'x'"). White space around it is refused. */
int text_parse_int(struct str s, int64_t min, int64_t max, int64_t *value,
                   struct err *err) ERR_CHECKED;
int text_parse_double(struct str s, double min, double max, double *value,
                      struct err *err) ERR_CHECKED;

/* Locust's time spans: only digits are seconds, else [<n>h][<n>m][<n>s], whole numbers, in that
 * order, at least one ("90", "1h3m7s"). */
int text_parse_timespan(struct str s, int64_t *seconds, struct err *err) ERR_CHECKED;

/* true/yes/on/1 and false/no/off/0, in any case. */
int text_parse_bool(struct str s, bool *value, struct err *err) ERR_CHECKED;

/* "1h 3m", "45s", "0s". */
void text_add_duration(struct buf *out, double seconds);
/* "1.2 MB"; powers of 1000. */
void text_add_bytes(struct buf *out, double bytes);

/* The shortest decimal that reads back as the same double, with ".0" where it is whole: as Python
 * writes floats (12.0, 0.1, 1e-05, 1e+16). Locust's files hold such. */
void text_add_double(struct buf *out, double value);

/* One CSV field, quoted only where it must be (RFC 4180; Python's csv default dialect). */
void text_add_csv(struct buf *out, struct str field);

/* Foreign text for a terminal or a log: control characters (and bytes that aren't UTF-8) as \xNN,
 * line feed, carriage return and tab as \n \r \t, C1 controls and bidi overrides as \u{NN}. With
 * keep_lines, line feeds and tabs stay. */
void text_add_visible(struct buf *out, struct str s, bool keep_lines);

/* Lines for a log that a CI system reads along: what GitHub's runner would take for a command ("::" where
 * a line begins, "##[" anywhere) has an escape in the place of its first character. */
void text_add_tame(struct buf *out, struct str lines);

/* How many columns a terminal needs for it: code points, without combining marks, double for wide. */
size_t text_width(struct str s);

/* A UTC time as YYYY-MM-DDTHH:MM:SSZ. */
void text_add_utc(struct buf *out, double wall_s);

/* The text as Python's repr() shows a str: in single quotes (double where it holds single ones and
 * no double), with backslash escapes. Locust's failure texts hold such. */
void text_add_python_repr(struct buf *out, struct str s);

#endif
