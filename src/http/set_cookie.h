/*
 * set_cookie -- the value of one Set-Cookie header, taken apart (RFC 6265bis 5.6).
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_SET_COOKIE_H
#define HTTP_SET_COOKIE_H

#include "base/str.h"

#include <stdbool.h>

#define SET_COOKIE_LIMIT 4096       /* bytes of name and value */
#define SET_COOKIE_VALUE_LIMIT 1024 /* of an attribute; a longer one is as if it weren't there */
#define SET_COOKIE_AGE_LIMIT_DAYS 400

/* Borrowed from the header. */
struct set_cookie {
    struct str name, value; /* name "": only a value was given */
    struct str domain;      /* without a leading dot; "": none */
    struct str path;        /* as it was given; "": none */
    double expires_s;       /* seconds since 1970; INFINITY: none */
    bool is_secure;
};

/* False: nothing that could be kept (empty, too long, control characters). */
bool set_cookie_parse(struct str text, double now_s, struct set_cookie *out);

/* The date of an Expires attribute (RFC 6265 5.1.1), seconds since 1970; false: none can be read. */
bool set_cookie_parse_date(struct str text, double *at_s);

#endif
