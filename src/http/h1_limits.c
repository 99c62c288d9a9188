/* h1_limits -- how long a transfer may take. */
// SPDX-License-Identifier: MIT
#include "http/h1_limits.h"

#include "http/request.h"

#include <utlist.h>

static uint64_t after(uint64_t from_ns, double limit_s)
{
    return limit_s > 0 ? from_ns + s_to_ns(limit_s) : UINT64_MAX;
}

/* The limit that is broken next, and when. Before the request is sent it is that of connecting, which
 * the name's resolution belongs to. */
static uint64_t next_limit(const struct h1_transfer *x, enum http_failure *which)
{
    const struct h1_exchange *e = &x->exchange;
    const struct http_settings *s = e->spec->settings;
    uint64_t phase_ns = e->is_held    ? UINT64_MAX
                        : e->was_sent ? after(e->active_ns, s->read_s)
                                      : after(x->start_ns, s->connect_s);
    uint64_t total_ns = after(x->start_ns, e->spec->total_left_s);
    *which = e->was_sent ? HTTP_READ_TIMEOUT : HTTP_CONNECT_TIMEOUT;
    if (total_ns <= phase_ns)
        *which = HTTP_TOTAL_TIMEOUT;
    return phase_ns < total_ns ? phase_ns : total_ns;
}

static void limit_at(struct h1_session *s, uint64_t at_ns)
{
    if (at_ns == UINT64_MAX || (timer_is_started(&s->limit) && s->limit_ns <= at_ns))
        return;
    s->limit_ns = at_ns;
    timer_start_at(s->transport->line.loop, &s->limit, at_ns);
}

/* What is read next may have a shorter limit than connecting has: until then it counts from now. */
void h1_limits_move(struct h1_transfer *x)
{
    struct h1_session *s = x->session;
    struct loop *loop = s->transport->line.loop;
    enum http_failure which;
    uint64_t at_ns = next_limit(x, &which);
    if (!x->exchange.was_sent) {
        uint64_t read_ns = after(loop_now_ns(loop), x->exchange.spec->settings->read_s);
        at_ns = read_ns < at_ns ? read_ns : at_ns;
    }
    limit_at(s, at_ns);
}

static void break_limit(struct h1_transfer *x, enum http_failure which)
{
    const struct http_settings *s = x->exchange.spec->settings;
    double limit_s = which == HTTP_CONNECT_TIMEOUT ? s->connect_s
                     : which == HTTP_READ_TIMEOUT  ? s->read_s
                                                   : s->total_s;
    h1_connection_close(x->exchange.connection);
    http_failure_add_timeout(&x->text, which, limit_s);
    h1_transfer_fail(x, which);
}

static void on_limit(void *self)
{
    struct h1_session *s = self;
    uint64_t now_ns = loop_now_ns(s->transport->line.loop);
    struct h1_transfer *x;
    if (s->quick != NULL) // so that there is one way to reckon
        h1_session_hand_over(s);
    DL_FOREACH (s->active, x) {
        enum http_failure which;
        if (x->failure != HTTP_OK)
            continue;
        if (next_limit(x, &which) <= now_ns)
            break_limit(x, which);
        else
            h1_limits_move(x);
    }
}

void h1_limits_move_quick(struct h1_session *s)
{
    limit_at(s, after(loop_now_ns(s->transport->line.loop), HTTP_TIMEOUT_DEFAULT_S));
}

void h1_limits_init(struct h1_session *s)
{
    timer_init(&s->limit, on_limit, s);
}
