/* h1_quick -- what http/quick is on a connection. */
// SPDX-License-Identifier: MIT
#include "http/h1_quick.h"

#include "base/err.h"
#include "base/mem.h"

#include <string.h>

_Static_assert(QUICK_NEAR + 3 <= STREAM_NEAR, "those of a quick one, and its connection's");

/* An answer to it will come: what is needed then. */
static void set_near(struct h1_connection *c, const struct http_quick *q)
{
    const void *near[QUICK_NEAR + 3] = {c, (const char *)c + MEM_LINE, c->owner};
    memcpy(near + 3, q->near, sizeof q->near);
    stream_set_near(c->stream, near, QUICK_NEAR + 3);
    c->near_first = q->near[0];
}

bool h1_quick_send(struct h1_connection *c, const struct quick_spec *spec, struct http_quick *q)
{
    struct h1_line *line = c->line;
    struct buf *out = &line->outbox.bytes;
    size_t begin = out->n;
    struct h1_framing framing = {.wants_close = false};
    if (!c->is_connected || !h1_outbox_has_room(&line->outbox) || !stream_is_drained(c->stream))
        return false;
    if (spec->headers == NULL || spec->adds)
        h1_request_add_usual(out, spec->base, spec->path, spec->headers, &line->host, &line->tail);
    else
        h1_request_add_get(out, spec->base, spec->path, spec->headers, &framing, &line->host);
    if (framing.wants_close) {
        buf_truncate(out, begin);
        return false;
    }
    if (c->near_first != q->near[0]) // seldom: most go on as they began
        set_near(c, q);
    c->quick = q;
    c->is_posted = true;
    q->connection = c;
    q->active_ns = loop_now_ns(line->loop);
    q->gone_ns = 0;
    q->written = out->n - begin;
    h1_outbox_post(&line->outbox, c, begin);
    return true;
}

_Static_assert(H1_HEAD_BYTES_MAX <= QUICK_TEXTS_MAX, "what is said of an answer's texts");

/* Where this is a known head that asks for nothing, with its body and nothing behind it. */
static bool read_answer(const struct h1_connection *c, struct str in, struct quick_answer *answer)
{
    const struct h1_kept_head *k = h1_heads_find_plain(&c->line->heads, in);
    bool is_written = c->quick->gone_ns != 0 && stream_is_drained(c->stream);
    if (k == NULL || !is_written || in.n != k->n + k->head.length)
        return false;
    *answer = (struct quick_answer){.status = k->head.status,
                                    .texts = str_make(k->texts, k->texts_n),
                                    .reason_n = k->head.reason_n,
                                    .lines_at = k->lines_at,
                                    .body = str_make(in.p + k->n, in.n - k->n),
                                    .start_ns = c->quick->gone_ns,
                                    .end_ns = clock_now_ns(loop_clock(c->line->loop))};
    return true;
}

bool h1_quick_read(struct h1_connection *c, struct str *in, ptrdiff_t *got,
                   struct stream_error *why)
{
    struct quick_answer answer;
    struct http_quick *q = c->quick;
    *got = stream_read(c->stream, c->line->bytes, H1_READ_BYTES, why);
    *in = str_make(c->line->bytes, *got > 0 ? (size_t)*got : 0);
    if (*got == 0)
        return true;
    if (*got < 0 || !read_answer(c, *in, &answer)) {
        h1_quick_end(c);
        return false;
    }
    c->line->n_ended = 0;
    c->quick = NULL;
    c->idle_ns = answer.end_ns;
    c->line->quick_answered(c, q, &answer);
    return true;
}

void h1_quick_end(struct h1_connection *c)
{
    c->line->n_ended++;
    c->line->quick_ended(c);
    if (c->exchange == NULL)
        BUG("a quick request wasn't handed over");
}

void h1_quick_take_over(struct h1_connection *c, struct h1_exchange *x)
{
    struct http_quick *q = c->quick;
    c->quick = NULL;
    q->connection = NULL;
    c->exchange = x;
    x->connection = c;
    x->was_sent = true;
    x->active_ns = http_quick_start_ns(q);
    x->gone_ns = q->gone_ns;
    x->written = q->written;
    x->framing = (struct h1_framing){.wants_close = false};
    x->parser.heads = &c->line->heads;
    h1_parser_begin(&x->parser, false);
}
