/* session -- what one user keeps between requests. */
// SPDX-License-Identifier: MIT
#include "http/session.h"

#include "base/mem.h"
#include "http/transport.h"

#include <stdlib.h>

void http_session_init(struct http_session *s, struct transport *transport)
{
    *s = (struct http_session){.transport = transport};
}

void http_session_release(struct http_session *s)
{
    s->transport->close_session(s->transport, s);
    cookies_free(s->cookies);
    if (s->headers != NULL)
        http_headers_release(s->headers);
    free(s->headers);
}

struct http_session *http_session_new(struct transport *transport)
{
    struct http_session *s = xmalloc(sizeof *s);
    http_session_init(s, transport);
    return s;
}

void http_session_free(struct http_session *s)
{
    if (s == NULL)
        return;
    http_session_release(s);
    free(s);
}

void http_session_disconnect(struct http_session *s)
{
    if (s->transport->disconnect != NULL)
        s->transport->disconnect(s->transport, s);
}

struct cookies *http_session_cookies(struct http_session *s)
{
    if (s->cookies == NULL)
        s->cookies = cookies_new();
    return s->cookies;
}

struct http_headers *http_session_headers(struct http_session *s)
{
    if (s->headers == NULL) {
        s->headers = xmalloc(sizeof *s->headers);
        http_headers_init(s->headers);
    }
    return s->headers;
}
