/*
 * json_number -- a number as JSON writes it (RFC 8259 6), as a double.
 */
// SPDX-License-Identifier: MIT
#ifndef SCRIPT_JSON_NUMBER_H
#define SCRIPT_JSON_NUMBER_H

#include "base/str.h"

/* What json_number_read says of a number that no double holds. */
extern const char json_number_overflows[];

/* The number that `text` begins with: *n is its length, *value the nearest double, whatever the locale
 * has for a decimal point. NULL, or what is wrong (a constant), with *n the bytes up to there. */
const char *json_number_read(struct str text, size_t *n, double *value);

#endif
