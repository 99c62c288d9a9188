/*
 * url -- the parts of a URL, and what can be done with them (RFC 3986).
 */
// SPDX-License-Identifier: MIT
#ifndef BASE_URL_H
#define BASE_URL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

#define URL_LIMIT 65536           /* bytes; longer ones are an error */
#define URL_SOCKET_PATH_LIMIT 107 /* bytes of a Unix socket's path: what the system takes */

/* Pieces of the parsed text: borrowed from it. */
struct url {
    struct str scheme; /* "http", as written */
    struct str user, password;
    bool has_user, has_password;
    struct str host; /* without the brackets of an IPv6 address; of http+unix: the encoded path */
    bool host_is_ipv6;
    bool is_unix;  /* http+unix: over the socket whose path the decoded host is */
    uint16_t port; /* as written, else the scheme's (80, 443); 0 for http+unix */
    bool has_port;
    struct str path;  /* "" or begins with "/" */
    struct str query; /* without "?" */
    bool has_query;
    struct str fragment; /* without "#" */
    bool has_fragment;
};

/* An absolute http, https or http+unix URL. Refuses control characters, an empty host, a port out of
 * range, a socket's path that is too long, another scheme or none; the text names the URL with its
 * password masked. */
int url_parse(struct url *u, struct str text, struct err *err) ERR_CHECKED;

/* Resolves a reference against an absolute base (RFC 3986 5.2), dot segments removed; the base's
 * credentials are not carried over. Adds the result to `out`. */
int url_resolve(struct buf *out, struct str base, struct str reference,
                struct err *err) ERR_CHECKED;

/* As a path or query may be sent: whatever may not stand there (blanks, bytes above 126, quotes,
 * braces, lone '%') percent-encoded, what is encoded already left. */
void url_requote(struct buf *out, struct str path_and_query);

/* One component (name or value of a query or a form): all but unreserved characters encoded. With
 * plus_for_space a blank becomes '+', as in application/x-www-form-urlencoded. */
void url_encode(struct buf *out, struct str text, bool plus_for_space);

/* %XX resolved; a lone '%' stays. */
void url_decode(struct buf *out, struct str text);

/* The same host, in any case; of http+unix the same path, once both are decoded. */
bool url_same_host(const struct url *a, const struct url *b);

/* Same scheme, host and port. */
bool url_same_origin(const struct url *a, const struct url *b);

/* The URL with any password shown as "***", and a user that stands there alone, as tokens do. */
void url_mask(struct buf *out, struct str text);

#endif
