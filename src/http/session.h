/*
 * session -- what one user keeps between requests: cookies, default headers, its own connections.
 *
 * A session that has sent nothing yet costs a few pointers.
 */
// SPDX-License-Identifier: MIT
#ifndef HTTP_SESSION_H
#define HTTP_SESSION_H

#include "http/cookies.h"
#include "http/headers.h"

struct transport;

struct http_session {
    struct transport *transport;  /* borrowed */
    struct cookies *cookies;      /* NULL until there is one: see http_session_cookies */
    struct http_headers *headers; /* defaults of this user; NULL until there is one */
    void *own;                    /* the transport's; NULL until the first request */
};

/* For an owner that embeds one. */
void http_session_init(struct http_session *s, struct transport *transport);
void http_session_release(struct http_session *s); /* as http_session_free */

struct http_session *http_session_new(struct transport *transport);
/* No request of it may be under way. Closes its connections. */
void http_session_free(struct http_session *s);
/* Closes its connections, unless a request uses them. The next request makes a new one. */
void http_session_disconnect(struct http_session *s);

struct cookies *http_session_cookies(struct http_session *s);      /* made where there is none */
struct http_headers *http_session_headers(struct http_session *s); /* likewise */

#endif
