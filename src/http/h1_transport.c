/*
 * h1_transport -- sessions, their connections and their limits.
 *
 *      start -> active -> done        (cancel: from each of them to its end)
 *          \--> failed --/
 *
 * What can't be started, and what takes too long, waits in the list of those that failed until the end
 * of the turn: so nothing completes inside its start, and whoever is told may end the session.
 */
// SPDX-License-Identifier: MIT
#include "http/h1_transport.h"

#include "base/mem.h"
#include "http/exchange.h"
#include "http/h1_limits.h"
#include "http/h1_quick.h"
#include "http/h1_session.h"
#include "http/request.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#define SPARE_TRANSFERS 1024
#define IDLE_LIMIT 100 /* connections that a session keeps */
#define HOST_BYTES_MAX 255

/* --- how a transfer ends ----------------------------------------------------------------------- */

static void release_transfer(struct h1_transfer *x)
{
    struct h1_transport *t = x->session->transport;
    DL_DELETE(x->session->active, x);
    buf_release(&x->text);
    if (!mem_keeps(t->n_spare, SPARE_TRANSFERS)) {
        h1_exchange_release(&x->exchange);
        free(x);
        return;
    }
    x->next = t->spare;
    t->spare = x;
    t->n_spare++;
}

static double ms_between(uint64_t from_ns, uint64_t to_ns)
{
    return from_ns != 0 && to_ns > from_ns ? ns_to_ms(to_ns - from_ns) : 0;
}

/* What it took to connect, where this transfer did; c NULL: it got none. */
static void read_timings(const struct h1_transfer *x, const struct h1_connection *c, bool is_new,
                         struct transfer_timings *t)
{
    const struct h1_exchange *e = &x->exchange;
    if (c != NULL && is_new) {
        const struct stream_timings *s = stream_timings(c->stream);
        uint64_t resolved_ns = s->resolved_ns != 0 ? s->resolved_ns : s->start_ns;
        t->dns = ms_between(s->start_ns, s->resolved_ns);
        t->connect = ms_between(resolved_ns, s->connected_ns);
        t->tls = ms_between(s->connected_ns, s->secured_ns);
    }
    uint64_t sent_ns = e->gone_ns != 0 ? e->gone_ns : e->sent_ns != 0 ? e->sent_ns : x->start_ns;
    t->wait = ms_between(sent_ns, e->first_ns);
    t->receive = ms_between(e->first_ns, e->last_ns);
}

/* The transfer is given back before it is told: who is told may start the next one. */
static void tell(struct h1_transfer *x, struct transfer_end *end)
{
    struct transfer_sink sink = x->exchange.sink;
    end->start_ns = x->start_ns;
    end->queued_ns = x->exchange.gone_ns != 0 ? x->exchange.gone_ns - x->start_ns : 0;
    end->was_sent = x->exchange.was_sent;
    release_transfer(x);
    sink.done(sink.self, end);
}

static void put_idle(struct h1_session *s, struct h1_connection *c)
{
    if (s->n_idle == IDLE_LIMIT) {
        h1_connection_close(c);
        return;
    }
    LL_PREPEND(s->idle, c);
    s->n_idle++;
}

static void on_ended(struct h1_exchange *exchange, struct h1_connection *c,
                     enum http_failure failure, struct str text, bool keeps_connection)
{
    struct h1_transfer *x = (struct h1_transfer *)exchange;
    struct transfer_end end = {.failure = failure, .text = text, .end_ns = exchange->last_ns};
    bool is_new = exchange->sent_ns != 0 || !c->is_connected;
    read_timings(x, c, is_new, &end.timings);
    if (keeps_connection)
        put_idle(x->session, c);
    else
        h1_connection_close(c);
    tell(x, &end);
}

static void send_transfer(struct h1_transfer *x);

/* Only what the server can't have read is sent again, so that it never gets anything twice. */
static void on_unheard(struct h1_exchange *exchange, struct h1_connection *c)
{
    h1_connection_close(c);
    h1_exchange_init(exchange);
    send_transfer((struct h1_transfer *)exchange);
}

static void on_lost(struct h1_connection *c)
{
    struct h1_session *s = c->owner;
    LL_DELETE(s->idle, c);
    s->n_idle--;
    h1_connection_close(c);
}

/* To be told at the end of the turn. */
void h1_transfer_fail(struct h1_transfer *x, enum http_failure failure)
{
    struct h1_transport *t = x->session->transport;
    x->failure = failure;
    LL_APPEND2(t->failed, x, next_failed);
    t->n_failed++;
    deferred_start(t->line.loop, &t->kick);
}

static void forget_failed(struct h1_transfer *x)
{
    struct h1_transport *t = x->session->transport;
    LL_DELETE2(t->failed, x, next_failed);
    t->n_failed--;
}

static void tell_failed(struct h1_transfer *x)
{
    struct buf text = x->text;
    struct transfer_end end = {.failure = x->failure, .text = buf_slice(&text)};
    end.end_ns = clock_now_ns(loop_clock(x->session->transport->line.loop));
    buf_init(&x->text, 0);
    forget_failed(x);
    tell(x, &end);
    buf_release(&text);
}

static void on_kick(void *self)
{
    struct h1_transport *t = self;
    for (size_t n = t->n_failed; n > 0 && t->failed != NULL; n--)
        tell_failed(t->failed);
}

/* The body's file is at fault: told later, since it may show while the request is started. */
static void on_unreadable(struct h1_exchange *exchange, struct str text)
{
    struct h1_transfer *x = (struct h1_transfer *)exchange;
    h1_connection_close(exchange->connection);
    http_failure_add_named(&x->text, "RequestError", text);
    h1_transfer_fail(x, HTTP_SEND);
}

/* --- how a transfer begins --------------------------------------------------------------------- */

/* NULL, or why a host can't be asked. Letters beyond ASCII are translated before (net/punycode); those
 * that can't be come here. */
static const char *check_host(struct str host)
{
    if (host.n == 0 || host.n > HOST_BYTES_MAX)
        return "expected a host name of 1 to 255 bytes";
    for (size_t i = 0; i < host.n; i++) {
        if ((unsigned char)host.p[i] >= 0x80)
            return "expected a host name in UTF-8, its labels at most 63 bytes long";
    }
    return NULL;
}

/* An idle connection to where the request goes, taken off the list; NULL: there is none that lives. */
static struct h1_connection *take_idle(struct h1_session *s, const struct h1_place *place)
{
    struct h1_connection *c, *next;
    LL_FOREACH_SAFE (s->idle, c, next) {
        if (!h1_connection_serves(c, place))
            continue;
        LL_DELETE(s->idle, c);
        s->n_idle--;
        if (!h1_connection_is_dead(c))
            return c;
        h1_connection_close(c);
    }
    return NULL;
}

/* Where it goes. False: nowhere, as its text says. */
static bool find_place(struct h1_transfer *x, struct h1_place *place)
{
    struct h1_session *s = x->session;
    const struct transfer_spec *spec = x->exchange.spec;
    *place = (struct h1_place){.url = &spec->parts, .choice = s->choice};
    if (spec->parts.scheme.n != sizeof("https") - 1)
        return true;
    place->tls = h1_tls_get(&s->transport->tls, spec->settings, NULL);
    if (place->tls == NULL) {
        struct err err = ERR_INIT;
        place->tls = h1_tls_get(&s->transport->tls, spec->settings, &err);
        http_failure_add_named(&x->text, "SSLError", str_of(err.text));
        return false;
    }
    if (s->tickets == NULL)
        s->tickets = tls_tickets_new();
    place->tickets = s->tickets;
    return true;
}

/* On a connection that is there, else on a new one. */
static void send_transfer(struct h1_transfer *x)
{
    struct h1_session *s = x->session;
    struct h1_connection *c;
    struct h1_place place;
    if (!find_place(x, &place)) {
        h1_transfer_fail(x, HTTP_TLS);
        return;
    }
    while ((c = take_idle(s, &place)) != NULL && h1_connection_send(c, &x->exchange) < 0)
        h1_connection_close(c); // it broke under the write, of which nothing has left
    if (c == NULL) {
        c = h1_connection_open(&s->transport->line, s, &place);
        h1_connection_send(c, &x->exchange);
    }
    h1_limits_move(x);
}

static struct h1_session *session_new(struct h1_transport *t)
{
    struct h1_session *s = xmalloc(sizeof *s);
    *s = (struct h1_session){.transport = t, .choice = t->n_sessions++};
    h1_limits_init(s);
    return s;
}

static struct h1_transfer *take_transfer(struct h1_session *s, const struct transfer_spec *spec,
                                         const struct transfer_sink *sink)
{
    struct h1_transport *t = s->transport;
    struct h1_transfer *x = t->spare;
    if (x != NULL) {
        t->spare = x->next;
        t->n_spare--;
    } else {
        x = xcalloc(1, sizeof *x);
    }
    x->exchange.spec = spec;
    x->exchange.sink = *sink;
    h1_exchange_init(&x->exchange);
    x->session = s;
    x->start_ns = spec->now_ns;
    x->failure = HTTP_OK;
    buf_init(&x->text, 0);
    DL_APPEND(s->active, x);
    return x;
}

static void take_over(struct h1_transfer *x)
{
    struct h1_session *s = x->session;
    struct h1_connection *c = s->quick->connection;
    s->quick = NULL;
    s->is_handed_over = false;
    h1_quick_take_over(c, &x->exchange);
    h1_limits_move(x);
}

static struct transfer *start(struct transport *base, struct http_session *session,
                              const struct transfer_spec *spec, const struct transfer_sink *sink)
{
    struct h1_transport *t = (struct h1_transport *)base;
    if (t->line.is_inside)
        BUG("a transfer is started from inside a sink's head or body");
    if (session->own == NULL)
        session->own = session_new(t);
    struct h1_transfer *x = take_transfer(session->own, spec, sink);
    if (x->session->is_handed_over) {
        take_over(x);
        return (struct transfer *)x;
    }
    const char *bad_host = spec->parts.is_unix ? NULL : check_host(spec->parts.host);
    if (spec->has_body && str_equal(spec->method, STR("HEAD"))) {
        http_failure_add_named(&x->text, "RequestError", STR("a HEAD request can't have a body"));
        h1_transfer_fail(x, HTTP_SEND);
    } else if (bad_host != NULL) {
        http_failure_add_named(&x->text, "InvalidURL", str_of(bad_host));
        h1_transfer_fail(x, HTTP_SEND);
    } else {
        send_transfer(x);
    }
    return (struct transfer *)x;
}

static bool cancel(struct transfer *transfer)
{
    struct h1_transfer *x = (struct h1_transfer *)transfer;
    if (x->session->transport->line.is_inside)
        BUG("a transfer is cancelled from inside a sink's head or body");
    if (x->failure != HTTP_OK)
        forget_failed(x);
    else
        h1_connection_close(x->exchange.connection); // and what it has posted hasn't left
    bool was_sent = x->exchange.was_sent;
    release_transfer(x);
    return was_sent;
}

static void hold(struct transfer *transfer, bool holds)
{
    struct h1_transfer *x = (struct h1_transfer *)transfer;
    if (x->failure != HTTP_OK)
        return;
    h1_connection_hold(x->exchange.connection, holds);
    if (!holds)
        h1_limits_move(x);
}

static void stop(struct transfer *transfer)
{
    struct h1_transfer *x = (struct h1_transfer *)transfer;
    if (x->failure != HTTP_OK)
        tell_failed(x);
    else
        h1_connection_stop(x->exchange.connection);
}

/* --- quick ones -------------------------------------------------------------------------------- */

#define ENDED_MAX 64  /* in a row: these answers seem to be none for it */
#define TRIED_THEN 32 /* of so many, one is tried all the same */

void h1_session_hand_over(struct h1_session *s)
{
    s->is_handed_over = true;
    s->quick->handed_over(s->quick);
    if (s->is_handed_over)
        BUG("nobody took over a quick request");
}

static void on_quick_ended(struct h1_connection *c)
{
    h1_session_hand_over(c->owner);
}

static void on_quick_answered(struct h1_connection *c, struct http_quick *q,
                              const struct quick_answer *answer)
{
    struct h1_session *s = c->owner;
    s->quick = NULL;
    q->connection = NULL;
    put_idle(s, c);
    q->answered(q, answer);
}

static bool leads_to(struct h1_transport *t, struct h1_connection *c,
                     const struct exchange_base *to)
{
    static const struct http_settings usual = {
        .connect_s = HTTP_TIMEOUT_DEFAULT_S, .read_s = HTTP_TIMEOUT_DEFAULT_S, .verify = true};
    struct h1_place place = {.url = &to->parts};
    if (c->base_id == to->id)
        return true;
    if (to->parts.is_unix)
        return false;
    if (to->parts.scheme.n == sizeof("https") - 1)
        place.tls = h1_tls_get(&t->tls, &usual, NULL);
    if (!h1_connection_serves(c, &place))
        return false;
    c->base_id = to->id;
    return true;
}

static bool has_quick(struct transport *base, const struct http_session *session,
                      const struct exchange_base *to)
{
    struct h1_transport *t = (struct h1_transport *)base;
    const struct h1_session *s = session->own;
    if (s == NULL || s->idle == NULL || s->active != NULL || s->quick != NULL)
        return false;
    if (t->line.n_ended > ENDED_MAX && ++t->n_untried % TRIED_THEN != 0)
        return false;
    return leads_to(t, s->idle, to) && !h1_connection_is_dead(s->idle);
}

static bool start_quick(struct transport *base, struct http_session *session,
                        const struct quick_spec *spec, struct http_quick *q)
{
    struct h1_session *s = session->own;
    struct h1_connection *c = s->idle;
    (void)base;
    s->idle = c->next;
    s->n_idle--;
    s->quick = q;
    if (!h1_quick_send(c, spec, q)) {
        s->quick = NULL;
        put_idle(s, c);
        return false;
    }
    h1_limits_move_quick(s);
    return true;
}

static bool cancel_quick(struct transport *base, struct http_session *session, struct http_quick *q)
{
    struct h1_session *s = session->own;
    bool was_sent = q->gone_ns != 0;
    (void)base;
    s->quick = NULL;
    h1_connection_close(q->connection);
    return was_sent;
}

/* --- the transport ----------------------------------------------------------------------------- */

static void close_session(struct transport *base, struct http_session *session)
{
    struct h1_session *s = session->own;
    struct h1_connection *c, *next;
    (void)base;
    session->own = NULL;
    if (s == NULL)
        return;
    if (s->active != NULL || s->quick != NULL)
        BUG("a session ends before its requests");
    LL_FOREACH_SAFE (s->idle, c, next)
        h1_connection_close(c);
    tls_tickets_free(s->tickets);
    timer_cancel(s->transport->line.loop, &s->limit);
    free(s);
}

static void disconnect(struct transport *base, struct http_session *session)
{
    const struct h1_session *s = session->own;
    if (s != NULL && s->active == NULL && s->quick == NULL)
        close_session(base, session);
}

static int check_file(const char *option, const char *path, struct err *err)
{
    if (path == NULL || access(path, R_OK) == 0)
        return 0;
    return err_set(err, "%s: can't read '%s': %s", option, path, strerror(errno));
}

static int check(struct transport *base, const struct http_settings *settings, struct err *err)
{
    (void)base;
    if (settings->version == HTTP_VERSION_2 || settings->version == HTTP_VERSION_2_PRIOR)
        return err_set(err, "http_version: FastHttpUser speaks HTTP/1.1 (or '1.0'); HttpUser "
                            "speaks HTTP/2 too");
    if (settings->proxy != NULL)
        return err_set(err, "proxy: FastHttpUser knows no proxies; HttpUser does");
    if (check_file("verify", settings->verify ? settings->ca_file : NULL, err) < 0 ||
        check_file("cert", settings->cert_file, err) < 0 ||
        check_file("cert", settings->key_file, err) < 0)
        return -1;
    return 0;
}

static void transport_free(struct transport *base)
{
    struct h1_transport *t = (struct h1_transport *)base;
    deferred_cancel(t->line.loop, &t->kick);
    while (t->spare != NULL) {
        struct h1_transfer *x = t->spare;
        t->spare = x->next;
        h1_exchange_release(&x->exchange);
        free(x);
    }
    h1_tls_release(&t->tls);
    h1_line_release(&t->line);
    http_requests_release(base);
    http_quick_release(base);
    free(t);
}

struct transport *h1_transport_new(struct loop *loop, struct resolver *resolver,
                                   const struct sources *sources)
{
    struct h1_transport *t = xcalloc(1, sizeof *t);
    t->base = (struct transport){.start = start,
                                 .cancel = cancel,
                                 .hold = hold,
                                 .stop = stop,
                                 .has_quick = has_quick,
                                 .start_quick = start_quick,
                                 .cancel_quick = cancel_quick,
                                 .close_session = close_session,
                                 .disconnect = disconnect,
                                 .check = check,
                                 .free = transport_free};
    h1_line_init(&t->line, loop, resolver, sources);
    t->line.ended = on_ended;
    t->line.unheard = on_unheard;
    t->line.lost = on_lost;
    t->line.unreadable = on_unreadable;
    t->line.quick_answered = on_quick_answered;
    t->line.quick_ended = on_quick_ended;
    deferred_init(&t->kick, on_kick, t);
    return &t->base;
}
