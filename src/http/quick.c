/* quick -- a GET that goes the short way. */
// SPDX-License-Identifier: MIT
#include "http/quick.h"

#include "base/mem.h"
#include "http/exchange.h"

#include <stdlib.h>

#define SPARES 1024

/* What a request has sent, for another one when it is over. */
struct quick_headers {
    struct http_headers all; /* first */
    struct quick_headers *next_spare;
};

static struct http_headers *take_headers(struct transport *t)
{
    struct quick_headers *h = t->spare_headers;
    if (h == NULL)
        return xcalloc(1, sizeof *h);
    t->spare_headers = h->next_spare;
    t->n_spare_headers--;
    return &h->all;
}

static void free_headers(struct quick_headers *h)
{
    http_headers_release(&h->all);
    free(h);
}

void http_quick_done(struct http_quick *q, struct http_session *session)
{
    struct transport *t = session->transport;
    struct quick_headers *h = (struct quick_headers *)q->headers;
    q->headers = NULL;
    if (h == NULL)
        return;
#ifdef KATYDID_ASAN
    bool is_kept = false; // so that the sanitizer sees each use of what is over
#else
    bool is_kept = t->n_spare_headers < SPARES;
#endif
    if (!is_kept) {
        free_headers(h);
        return;
    }
    h->next_spare = t->spare_headers;
    t->spare_headers = h;
    t->n_spare_headers++;
}

void http_quick_release(struct transport *t)
{
    while (t->spare_headers != NULL) {
        struct quick_headers *h = t->spare_headers;
        t->spare_headers = h->next_spare;
        free_headers(h);
    }
    t->n_spare_headers = 0;
}

/* Headers that aren't those of every request, as http/request has them. */
static struct http_headers *own_headers(struct loop *loop, struct http_session *session,
                                        const struct http_spec *spec)
{
    struct http_headers *headers = take_headers(session->transport);
    const struct url from = {.has_user = false};
    struct buf text = BUF_INIT;
    struct url parts = spec->base->parts;
    if (session->cookies != NULL) // which alone look at it
        exchange_join(&text, &parts, spec->base, spec->url);
    exchange_first_headers(headers, session, spec, &from, &parts, clock_wall_s(loop_clock(loop)));
    buf_release(&text);
    return headers;
}

bool http_quick_start(struct http_quick *q, struct loop *loop, struct http_session *session,
                      const struct http_spec *spec)
{
    struct transport *t = session->transport;
    if (t->has_quick == NULL || spec->has_body || !str_equal(spec->method, STR("GET")) ||
        !t->has_quick(t, session, spec->base))
        return false;
    if (!exchange_has_default_headers(session, spec))
        q->headers = own_headers(loop, session, spec);
    const struct quick_spec what = {.base = spec->base, .path = spec->url, .headers = q->headers};
    if (t->start_quick(t, session, &what, q))
        return true;
    http_quick_done(q, session);
    return false;
}

bool http_quick_cancel(struct http_quick *q, struct http_session *session)
{
    return session->transport->cancel_quick(session->transport, session, q);
}
