/*
 * wire -- loop, resolver and transport for a test, and requests that are waited for.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_WIRE_H
#define TESTS_HTTP_WIRE_H

#include "http/request.h"
#include "net/resolver.h"

struct wire {
    struct clock clock;
    struct loop *loop;
    struct resolver *resolver;
    struct transport *transport;
    int done; /* requests that have ended */
};

static inline void wire_open(struct wire *w,
                             struct transport *(*make)(struct loop *loop, struct resolver *resolver,
                                                       struct err *err))
{
    struct err err = ERR_INIT;
    memset(w, 0, sizeof(*w));
    clock_init(&w->clock);
    w->loop = loop_new(&w->clock);
    w->resolver = resolver_new(w->loop, &err);
    w->transport = w->resolver != NULL ? make(w->loop, w->resolver, &err) : NULL;
    if (w->transport == NULL)
        BUG(err.text);
}

/* False: something was left behind. */
static inline bool wire_close(struct wire *w)
{
    w->transport->free(w->transport);
    resolver_free(w->resolver);
    bool is_idle = loop_is_idle(w->loop);
    loop_free(w->loop);
    return is_idle;
}

/* As a script's defaults are. */
static inline struct http_spec wire_spec(const char *method, const char *url)
{
    return (struct http_spec){
        .method = str_of(method),
        .url = str_of(url),
        .content_type = STR_EMPTY,
        .follow_redirects = true,
        .max_redirects = HTTP_REDIRECTS_DEFAULT,
        .settings = {.connect_s = 60, .read_s = 60, .verify = true},
    };
}

static inline void wire_done(void *self, struct http_request *request)
{
    struct wire *w = self;
    (void)request;
    w->done++;
}

static inline struct http_request *wire_start(struct wire *w, struct http_session *s,
                                              const struct http_spec *spec)
{
    return http_request_start(w->loop, s, spec, wire_done, w);
}

static inline void wire_wait(struct wire *w, const struct http_request *r)
{
    while (!http_request_is_done(r)) {
        if (!loop_turn(w->loop, true) && !http_request_is_done(r))
            BUG("nothing is left that could happen");
    }
}

/* The caller frees the response. */
static inline struct http_response *wire_ask(struct wire *w, struct http_session *s,
                                             const struct http_spec *spec)
{
    struct http_request *r = wire_start(w, s, spec);
    wire_wait(w, r);
    struct http_response *response = http_request_take_response(r);
    http_request_free(r);
    return response;
}

#endif
