/*
 * fake_transport -- a transport that answers from a list, in virtual time, and writes down what it
 * was asked.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_FAKE_TRANSPORT_H
#define TESTS_HTTP_FAKE_TRANSPORT_H

#include "base/err.h"
#include "base/mem.h"
#include "http/request.h"
#include "loop/timer.h"

#include <stdlib.h>
#include <string.h>

#define FAKE_ASKED_MAX 64

/* One answer. The last in the list is given again and again. */
struct fake_answer {
    int status;
    const char *reason;
    const char *headers; /* "Name: value\nName: value" */
    struct str body;
    size_t step; /* bytes of the body at a time; 0: all at once */
    double after_s, queued_s;
    enum http_failure failure; /* instead of the end, or of everything where status is 0 */
    const char *text;
    bool was_not_sent;
    bool stays; /* once its body has come, nothing more happens */
};

struct fake_transfer {
    struct fake_transport *transport;
    const struct transfer_spec *spec;
    struct transfer_sink sink;
    const struct fake_answer *answer;
    struct timer timer;
    uint64_t start_ns;
};

struct fake_transport {
    struct transport base;
    struct loop *loop;
    const struct fake_answer *answers;
    size_t n_answers;
    size_t asked;                /* transfers so far */
    char *lines[FAKE_ASKED_MAX]; /* of each: "METHOD URL|Name: value|...||body" */
    double left_s[FAKE_ASKED_MAX];
    size_t active, cancelled, closed, held, let_go, stopped;
};

static inline void fake_give_head(struct fake_transfer *x)
{
    struct http_headers headers = {.n = 0};
    struct str rest = str_of(x->answer->headers);
    while (rest.n > 0) {
        struct str value = str_cut(&rest, '\n');
        struct str name = str_cut(&value, ':');
        http_headers_add(&headers, name, str_trim(value));
    }
    x->sink.head(x->sink.self, x->answer->status, str_of(x->answer->reason), &headers);
    http_headers_release(&headers);
}

static inline void fake_fire(void *self)
{
    struct fake_transfer *x = self;
    const struct fake_answer *a = x->answer;
    struct transfer_end end = {
        .failure = a->failure,
        .text = str_of(a->text),
        .timings = {.dns = 1, .connect = 2, .tls = 3, .wait = 4, .receive = 5},
        .start_ns = x->start_ns,
        .end_ns = loop_now_ns(x->transport->loop),
        .queued_ns = s_to_ns(a->queued_s),
        .was_sent = !a->was_not_sent};
    if (a->status != 0) {
        fake_give_head(x);
        bool goes_on = true;
        size_t step = a->step == 0 ? a->body.n : a->step;
        for (size_t at = 0; goes_on && at < a->body.n; at += step)
            goes_on = x->sink.body(x->sink.self, str_slice(a->body, at, at + step));
        if (!goes_on) {
            end.failure = HTTP_OTHER;
            end.text = STR("stopped");
        }
    }
    if (a->stays)
        return;
    struct transfer_sink sink = x->sink;
    x->transport->active--;
    free(x);
    sink.done(sink.self, &end);
}

static inline void fake_write_down(struct fake_transport *t, const struct transfer_spec *spec)
{
    struct buf line = BUF_INIT;
    if (t->asked == FAKE_ASKED_MAX)
        BUG("too many requests for this test");
    buf_addf(&line, "%.*s %.*s", STR_ARG(spec->method), STR_ARG(spec->url));
    for (size_t i = 0; i < spec->headers->n; i++) {
        struct str name = http_headers_name(spec->headers, i);
        if (!str_equal(name, STR("User-Agent")) && !str_equal(name, STR("Accept")) &&
            !str_equal(name, STR("Accept-Encoding")))
            buf_addf(&line, "|%s", http_headers_line(spec->headers, i));
    }
    if (spec->source != NULL) {
        struct err err = ERR_INIT;
        char bytes[1024];
        http_body_rewind(spec->source);
        ptrdiff_t n = http_body_read(spec->source, bytes, sizeof(bytes), &err);
        buf_addf(&line, "||<%.*s>", (int)n, n < 0 ? err.text : bytes);
    } else if (spec->has_body) {
        buf_addf(&line, "||%.*s", STR_ARG(spec->body));
    }
    t->left_s[t->asked] = spec->total_left_s;
    t->lines[t->asked++] = buf_detach(&line);
}

static inline struct transfer *fake_start(struct transport *base, struct http_session *s,
                                          const struct transfer_spec *spec,
                                          const struct transfer_sink *sink)
{
    struct fake_transport *t = (struct fake_transport *)base;
    struct fake_transfer *x = xmalloc(sizeof *x);
    size_t i = t->asked < t->n_answers ? t->asked : t->n_answers - 1;
    *x = (struct fake_transfer){.transport = t,
                                .spec = spec,
                                .sink = *sink,
                                .answer = &t->answers[i],
                                .start_ns = loop_now_ns(t->loop)};
    fake_write_down(t, spec);
    s->own = t;
    t->active++;
    timer_init(&x->timer, fake_fire, x);
    timer_start(t->loop, &x->timer, s_to_ns(x->answer->after_s));
    return (struct transfer *)x;
}

static inline bool fake_cancel(struct transfer *transfer)
{
    struct fake_transfer *x = (struct fake_transfer *)transfer;
    bool was_sent = !x->answer->was_not_sent;
    timer_cancel(x->transport->loop, &x->timer);
    x->transport->active--;
    x->transport->cancelled++;
    free(x);
    return was_sent;
}

static inline void fake_hold(struct transfer *transfer, bool holds)
{
    struct fake_transport *t = ((struct fake_transfer *)transfer)->transport;
    t->held += holds;
    t->let_go += !holds;
}

/* Of one whose body came without an end: see fake_answer.stays. */
static inline void fake_stop(struct transfer *transfer)
{
    struct fake_transfer *x = (struct fake_transfer *)transfer;
    struct transfer_sink sink = x->sink;
    struct transfer_end end = {.failure = HTTP_OTHER,
                               .text = STR("stopped"),
                               .start_ns = x->start_ns,
                               .end_ns = loop_now_ns(x->transport->loop),
                               .was_sent = true};
    x->transport->active--;
    x->transport->stopped++;
    free(x);
    sink.done(sink.self, &end);
}

static inline void fake_close_session(struct transport *base, struct http_session *s)
{
    struct fake_transport *t = (struct fake_transport *)base;
    t->closed += s->own != NULL;
    s->own = NULL;
}

static inline void fake_transport_init(struct fake_transport *t, struct loop *loop,
                                       const struct fake_answer *answers, size_t n)
{
    *t = (struct fake_transport){.base = {.start = fake_start,
                                          .cancel = fake_cancel,
                                          .hold = fake_hold,
                                          .stop = fake_stop,
                                          .close_session = fake_close_session},
                                 .loop = loop,
                                 .answers = answers,
                                 .n_answers = n};
}

static inline void fake_transport_release(struct fake_transport *t)
{
    for (size_t i = 0; i < t->asked; i++)
        free(t->lines[i]);
}

#endif
