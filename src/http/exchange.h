/*
 * exchange -- the rules above all transports: which URL and which headers go out, and what a
 * redirect asks for (as python-requests has it, which Locust's HttpUser is).
 *
 * Rules only: no loop, no sockets, no state. http/request follows them.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/url.h"
#include "http/headers.h"
#include "http/request.h"
#include "http/session.h"

#include <stdbool.h>

/* The URL as it is sent: requoted, with a path, without credentials and fragment. Replaces what
 * `text` holds; `parts` are its parts. */
void exchange_url(struct buf *text, struct url *parts, const struct url *u);

/* A base URL, parsed and quoted once for all paths below it. */
struct exchange_base {
    uint64_t id;      /* from 1; no other base of this process has it */
    struct buf text;  /* as it is sent; nothing stands for a path that it hasn't */
    struct url parts; /* of it; path "" where it has none */
};
/* Fills *base. -1: no such URL, or one with credentials, query or fragment. */
int exchange_base_init(struct exchange_base *base, struct str url, struct err *err) ERR_CHECKED;
void exchange_base_release(struct exchange_base *base);
/* Whether a path begins with "/" and is sent as it is. */
bool exchange_is_plain_path(struct str path);
/* As exchange_url, of such a path behind the base. The parts borrow from the base too. */
void exchange_join(struct buf *text, struct url *parts, const struct exchange_base *base,
                   struct str path);

/* The headers that go out with every request; static. */
const struct http_headers *exchange_default_headers(enum http_compress compress);
/* Those as HTTP/1.1 writes them, each with its CRLF; empty where `headers` are others. */
struct str exchange_default_lines(const struct http_headers *headers);
/* Whether a session has no headers and no cookies of its own to send. */
bool exchange_adds_nothing(const struct http_session *session);
/* Whether a first hop has those alone. */
bool exchange_has_default_headers(const struct http_session *session, const struct http_spec *spec);

/* The headers of a first hop to `url`: defaults, then the session's, then the request's own, each in
 * the place of those of its name; then content type, cookies and credentials (those of `spec`, else
 * those of `from`, the URL as the script gave it). */
void exchange_first_headers(struct http_headers *out, const struct http_session *session,
                            const struct http_spec *spec, const struct url *from,
                            const struct url *url, double now_s);

/* Whether an answer says to go elsewhere; an empty Location is none. */
bool exchange_is_redirect(int status, const struct http_headers *headers, struct str *location);

/* The method with which to go on: 303 and 302 make GET of all but HEAD, 301 of POST. */
struct str exchange_next_method(int status, struct str method);

/* Where to go on: `location` against the URL that was asked, as exchange_url has it. `fragment` is
 * replaced where the location has one of its own. A server on a Unix socket that names the Host which
 * it was sent speaks of itself: that is the socket. -1: no http or https URL comes of it. */
int exchange_next_url(struct buf *text, struct url *parts, struct buf *fragment, struct str asked,
                      struct str location, const struct http_headers *sent,
                      struct err *err) ERR_CHECKED;

/* Whether credentials may go along: to the same host, port and scheme, or from http to https on
 * their own ports. */
bool exchange_keeps_credentials(const struct url *from, const struct url *to);

/* What went out, changed for the next hop: without the body's headers where the method changed,
 * without credentials and a Host of the script's own where they may not go along, cookies anew. */
void exchange_next_headers(struct http_headers *out, const struct http_headers *sent,
                           const struct url *from, const struct url *to, bool keeps_body,
                           const struct cookies *jar, const struct http_headers *own_cookies,
                           double now_s);

#endif
