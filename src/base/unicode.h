/*
 * unicode -- UTF-8, and the few properties of characters that reports and logs ask for.
 *
 * By the tables of Unicode 14, not by the locale: a report looks the same everywhere.
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_UNICODE_H
#define BASE_UNICODE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_BAD UINT32_MAX

/* The code point at place *i (below s.n), which moves behind it; UTF8_BAD, one byte on, where there
 * is none (overlong forms and surrogates are none). */
uint32_t utf8_next(struct str s, size_t *i);

/* Columns of a terminal: 0 for combining marks and invisible characters, 2 for wide ones, else 1. */
int unicode_width(uint32_t c);

/* What Python's str.isprintable says: no control, format, private, unassigned character, surrogate,
 * or separator but the blank. */
bool unicode_is_printable(uint32_t c);

#endif
