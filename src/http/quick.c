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
    if (!mem_keeps(t->n_spare_headers, SPARES)) {
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

/* Whether a header can stand behind the default ones: it takes the place of none, and means nothing to how a
 * request is written. */
static bool can_be_added(struct str name)
{
    static const struct str others[] = {
        {"Host", 4},        {"Accept", 6},          {"Connection", 10},
        {"User-Agent", 10}, {"Content-Length", 14}, {"Accept-Encoding", 15},
        {"Expect", 6},      {"Trailer", 7},         {"Transfer-Encoding", 17},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        bool may_be_it = name.n == others[i].n && (name.p[0] | ' ') == (others[i].p[0] | ' ');
        if (may_be_it && str_equal_nocase(name, others[i]))
            return false;
    }
    return true;
}

static bool can_all_be_added(const struct http_session *session, const struct http_spec *spec)
{
    if (spec->headers == NULL || spec->cookies != NULL || spec->has_auth ||
        !exchange_adds_nothing(session))
        return false;
    for (size_t i = 0; i < spec->headers->n; i++) {
        if (!can_be_added(http_headers_name(spec->headers, i)))
            return false;
    }
    return true;
}

/* As http/request has them. */
static void compose(struct http_headers *headers, struct loop *loop,
                    const struct http_session *session, const struct http_spec *spec)
{
    const struct url from = {.has_user = false};
    struct buf text = BUF_INIT;
    struct url parts = spec->base->parts;
    if (session->cookies != NULL) // which alone look at it
        exchange_join(&text, &parts, spec->base, spec->url);
    exchange_first_headers(headers, session, spec, &from, &parts, clock_wall_s(loop_clock(loop)));
    buf_release(&text);
}

/* Those that aren't the ones of every request. */
static void set_headers(struct http_quick *q, struct loop *loop, struct http_session *session,
                        const struct http_spec *spec)
{
    q->headers = take_headers(session->transport);
    q->adds = can_all_be_added(session, spec);
    if (q->adds && spec->gives_headers)
        http_headers_swap(q->headers, spec->headers);
    else if (q->adds)
        http_headers_copy(q->headers, spec->headers);
    else
        compose(q->headers, loop, session, spec);
}

void http_quick_add_headers(const struct http_quick *q, struct http_headers *to)
{
    const struct http_headers *usual = exchange_default_headers(HTTP_COMPRESS_DEFAULT);
    if (q->headers != NULL && !q->adds) {
        http_headers_copy(to, q->headers);
        return;
    }
    http_headers_copy(to, usual);
    for (size_t i = 0; q->headers != NULL && i < q->headers->n; i++)
        http_headers_add(to, http_headers_name(q->headers, i), http_headers_value(q->headers, i));
}

static bool start(struct http_quick *q, struct http_session *session,
                  const struct exchange_base *base, struct str path)
{
    struct transport *t = session->transport;
    const struct quick_spec what = {
        .base = base, .path = path, .headers = q->headers, .adds = q->adds};
    return t->start_quick(t, session, &what, q);
}

static bool has_quick(struct http_session *session, const struct exchange_base *base)
{
    struct transport *t = session->transport;
    return t->has_quick != NULL && t->has_quick(t, session, base);
}

bool http_quick_start(struct http_quick *q, struct loop *loop, struct http_session *session,
                      const struct http_spec *spec)
{
    if (spec->has_body || !str_equal(spec->method, STR("GET")) || !has_quick(session, spec->base))
        return false;
    if (!exchange_has_default_headers(session, spec))
        set_headers(q, loop, session, spec);
    if (start(q, session, spec->base, spec->url))
        return true;
    if (q->headers != NULL && q->adds && spec->gives_headers)
        http_headers_swap(q->headers, spec->headers); // whoever sends them otherwise needs them
    http_quick_done(q, session);
    return false;
}

bool http_quick_get(struct http_quick *q, struct http_session *session,
                    const struct exchange_base *base, struct str path)
{
    return exchange_adds_nothing(session) && has_quick(session, base) &&
           start(q, session, base, path);
}

bool http_quick_cancel(struct http_quick *q, struct http_session *session)
{
    return session->transport->cancel_quick(session->transport, session, q);
}
