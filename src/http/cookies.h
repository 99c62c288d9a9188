/*
 * cookies -- one user's jar (RFC 6265bis): domain, path, secure, expiry, host-only, __Host- and
 * __Secure- prefixes.
 *
 * No public suffix list: a Domain that is a single label, or an address other than the host itself,
 * is refused. Of http+unix the host is the socket: its cookies go to no other, and a Domain but
 * "localhost" is refused. At most COOKIES_LIMIT cookies, COOKIES_DOMAIN_LIMIT of
 * them for one domain: what has expired leaves, then the oldest of that domain, then of all. A cookie
 * over 4096 bytes is refused. Time is wall time in seconds. An empty jar costs one pointer.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_COOKIES_H
#define HTTP_COOKIES_H

#include "base/buf.h"
#include "base/str.h"
#include "base/url.h"
#include "http/headers.h"

#include <stdbool.h>
#include <stddef.h>

#define COOKIES_LIMIT 300
#define COOKIES_DOMAIN_LIMIT 180 /* as browsers have it */

struct cookies;

struct cookies *cookies_new(void);
void cookies_free(struct cookies *c);
void cookies_clear(struct cookies *c);

/* A Set-Cookie header's value, answered by url. False: it was refused. */
bool cookies_receive(struct cookies *c, const struct url *url, struct str set_cookie, double now_s);
/* One that a script sets, at any time and whatever it holds. domain "": sent to every host, until it
 * is removed; path "": "/". */
void cookies_set(struct cookies *c, struct str name, struct str value, struct str domain,
                 struct str path);
void cookies_remove(struct cookies *c, struct str name);

/* Adds "a=1; b=2" for a request to url: longer paths first, then the older. Nothing where none fit. */
void cookies_send(const struct cookies *c, const struct url *url, struct buf *out, double now_s);
/* The same with a request's own cookies (names and values) in front, in place of the jar's of those
 * names. Either may be NULL. */
void cookies_send_with(const struct cookies *c, const struct http_headers *own,
                       const struct url *url, struct buf *out, double now_s);

/* The value of the first of that name that has not expired; false: none. Borrowed until a change. */
bool cookies_get(const struct cookies *c, struct str name, struct str *value, double now_s);
/* All that have not expired, one after the other: start with *at = 0; false at the end. */
bool cookies_next(const struct cookies *c, size_t *at, struct str *name, struct str *value,
                  double now_s);

#endif
