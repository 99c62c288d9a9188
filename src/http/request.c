/*
 * request -- one request of a user, redirects and all.
 *
 * A chain of hops, each one transfer; http/exchange says how one follows from the other. What the
 * transport tells comes in from inside its library's callbacks, where nothing new may be started:
 * only `done` does that.
 */
// SPDX-License-Identifier: MIT
#include "http/request.h"

#include "base/mem.h"
#include "base/text.h"
#include "http/decode.h"
#include "http/exchange.h"
#include "http/quick.h"
#include "http/request_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESERVED_FOR_BODY (1024 * 1024) /* what a Content-Length alone makes us reserve */
#define RESERVED_AT_FIRST 256           /* of a body: what is used again need not be reserved */
#define STREAMED_AT_ONCE 1024           /* coded bytes undone between two calls of `piece` */

static bool is_method(const struct http_request *r, const char *method)
{
    return str_equal(r->hop.method, str_of(method));
}

/* Further calls change nothing. */
static void note_broken(struct http_request *r, enum http_failure failure, const char *name,
                        const char *text)
{
    if (r->broken != HTTP_OK)
        return;
    r->broken = failure;
    http_failure_add_named(&r->broken_text, name, str_of(text));
}

static void note_too_large(struct http_request *r)
{
    note_broken(r, HTTP_TOO_LARGE, "ResponseTooLarge", "the body is larger than 1 GiB");
}

static double wall_s(const struct http_request *r)
{
    return clock_wall_s(loop_clock(r->loop));
}

static double elapsed_s(const struct http_request *r)
{
    return ns_to_s(clock_now_ns(loop_clock(r->loop)) - r->start_ns);
}

/* The response's texts of the beginning, in one block: method, URL, target. */
static void keep_request_texts(struct http_response *response, struct str method, struct str url,
                               size_t target)
{
    struct buf *texts = &response->asked;
    buf_reserve(texts, method.n + url.n + 2);
    char *p = texts->p;
    memcpy(p, method.p, method.n);
    p[method.n] = '\0';
    memcpy(p + method.n + 1, url.p, url.n);
    texts->n = method.n + 1 + url.n;
    p[texts->n] = '\0';
    response->request_method = p;
    response->request_url = response->url = p + method.n + 1;
    response->request_target = response->request_url + target;
}

/* The response, made when it is first needed: before the first hop is left. */
static struct http_response *response_of(struct http_request *r)
{
    if (r->response != NULL)
        return r->response;
    struct http_response *response = r->response = response_take(r->session->transport);
    size_t target = r->url.n > 0 ? (size_t)(r->hop.parts.path.p - r->url.p) : 0;
    keep_request_texts(response, r->hop.method, buf_slice(&r->url), target);
    response->start_s = clock_wall_at_s(loop_clock(r->loop), r->start_ns);
    if (r->hop.headers != NULL)
        response->request_headers = r->hop.headers;
    return response;
}

static size_t hops_of(const struct http_request *r)
{
    return r->response != NULL ? r->response->n_hops : 0;
}

/* The response's texts of the end: reason and URL of the last hop. */
static void keep_answer_texts(struct http_request *r, struct str reason)
{
    struct http_response *response = response_of(r);
    struct buf *texts = &response->answered;
    bool is_first = response->n_hops == 0 && r->fragment.n == 0;
    buf_clear(texts);
    buf_reserve(texts, reason.n + r->url.n + r->fragment.n + 4);
    memcpy(texts->p, reason.p, reason.n);
    texts->n = reason.n + 1;
    texts->p[reason.n] = texts->p[texts->n] = '\0';
    response->reason = texts->p;
    response->url = response->request_url;
    if (is_first)
        return;
    response->url = texts->p + texts->n;
    buf_add_str(texts, buf_slice(&r->url));
    if (r->fragment.n > 0) {
        buf_add_char(texts, '#');
        buf_add_str(texts, buf_slice(&r->fragment));
    }
}

static void complete(struct http_request *r)
{
    if (r->end_ns == 0)
        r->end_ns = clock_now_ns(loop_clock(r->loop));
    response_of(r)->response_time_ms = ns_to_ms(r->end_ns - r->start_ns - r->queued_ns);
    r->is_done = true;
    r->done(r->self, r); // may free it
}

static void fail(struct http_request *r, enum http_failure failure, struct str text)
{
    struct http_response *response = response_of(r);
    response->failure = failure;
    response->failure_text = str_dup(text);
    response->status = 0;
    response->length = 0;
    http_headers_clear(&response->headers);
    buf_clear(&response->body);
    keep_answer_texts(r, STR_EMPTY);
    complete(r);
}

/* The headers that say something to us. */
struct heard {
    struct str coding, length; /* empty: none */
};

static struct heard hear(struct http_request *r, const struct http_headers *headers)
{
    struct heard heard = {STR_EMPTY, STR_EMPTY};
    for (size_t i = 0; i < headers->n; i++) {
        struct str name = http_headers_name(headers, i);
        if (name.n == sizeof("Set-Cookie") - 1 && str_equal_nocase(name, STR("Set-Cookie")))
            cookies_receive(http_session_cookies(r->session), &r->hop.parts,
                            http_headers_value(headers, i), wall_s(r));
        else if (heard.coding.n == 0 && str_equal_nocase(name, STR("Content-Encoding")))
            heard.coding = http_headers_value(headers, i);
        else if (heard.length.n == 0 && str_equal_nocase(name, STR("Content-Length")))
            heard.length = http_headers_value(headers, i);
    }
    return heard;
}

static void keep_hop(struct http_request *r, int status, struct http_headers *headers)
{
    struct http_response *response = response_of(r);
    response->hops = xreallocarray(response->hops, response->n_hops + 1, sizeof *response->hops);
    struct http_hop *hop = &response->hops[response->n_hops];
    *hop = (struct http_hop){.status = status, .method = str_dup(r->hop.method)};
    hop->url = r->fragment.n == 0 ? str_dup(buf_slice(&r->url))
                                  : xasprintf("%s#%s", buf_cstr(&r->url), buf_cstr(&r->fragment));
    http_headers_move(&hop->headers, headers);
    response->n_hops++;
}

static void expect_body(struct http_request *r, const struct heard *heard)
{
    struct buf *body = &response_of(r)->body;
    int64_t length;
    bool is_known;
    if (is_method(r, "HEAD"))
        return;
    if (heard->coding.n > 0)
        r->decoder = decoder_new(heard->coding, &is_known);
    if (r->decoder == NULL && r->piece == NULL && heard->length.n > 3 &&
        text_parse_int(heard->length, 1, RESERVED_FOR_BODY, &length, NULL) == 0 &&
        body->capacity < (size_t)length)
        buf_reserve(body, (size_t)length);
}

static void on_head(void *self, int status, struct str reason, struct http_headers *headers)
{
    struct http_request *r = self;
    struct str location;
    struct heard heard = hear(r, headers);
    if (r->follows && exchange_is_redirect(status, headers, &location)) {
        r->hop_status = status;
        buf_clear(&r->location);
        buf_add_str(&r->location, location);
        keep_hop(r, status, headers);
        return;
    }
    response_of(r)->status = status;
    keep_answer_texts(r, reason);
    expect_body(r, &heard);
    http_headers_swap(&r->response->headers, headers);
    http_headers_clear(headers);
}

static bool decode(struct http_request *r, struct str piece, struct buf *out)
{
    if (r->decoder == NULL) {
        buf_add_str(out, piece);
    } else {
        struct err err = ERR_INIT;
        if (decoder_feed(r->decoder, piece, out, &err) < 0 && !out->overflowed) {
            note_broken(r, HTTP_DECODE, "ContentDecodingError", err.text);
            return false;
        }
    }
    if (out->overflowed) {
        note_too_large(r);
        return false;
    }
    return true;
}

/* Small steps, so that a bomb is told before it has filled the memory. */
static bool stream(struct http_request *r, struct str piece)
{
    struct buf out;
    bool is_well = true;
    buf_init(&out, HTTP_BODY_LIMIT);
    while (is_well && piece.n > 0) {
        struct str part = r->decoder == NULL ? piece : str_slice(piece, 0, STREAMED_AT_ONCE);
        piece = str_slice(piece, part.n, piece.n);
        is_well = decode(r, part, &out);
        if (is_well && out.n > 0) {
            r->response->length += out.n;
            if (!r->piece(r->self, buf_slice(&out)))
                r->session->transport->hold(r->transfer, true);
        }
        buf_clear(&out);
    }
    buf_release(&out);
    return is_well;
}

/* A redirect's body is read so that the connection can be kept. */
static bool pass_by(struct http_request *r, struct str piece)
{
    r->passed_by += piece.n;
    if (r->passed_by <= HTTP_BODY_LIMIT)
        return true;
    note_too_large(r);
    return false;
}

static bool on_body(void *self, struct str piece)
{
    struct http_request *r = self;
    if (r->hop_status != 0)
        return pass_by(r, piece);
    if (r->piece != NULL)
        return stream(r, piece);
    if (!decode(r, piece, &r->response->body))
        return false;
    r->response->length = r->response->body.n;
    return true;
}

static void on_done(void *self, const struct transfer_end *end);

/* Sends the hop that `hop` and `url` describe; what is left of the time is reckoned here. */
static void send_hop(struct http_request *r)
{
    struct transport *transport = r->session->transport;
    struct transfer_sink sink = {.self = r, .head = on_head, .body = on_body, .done = on_done};
    r->hop_status = 0;
    r->passed_by = 0;
    r->hop.url = buf_slice(&r->url);
    r->hop.settings = &r->settings;
    r->hop.total_left_s = 0;
    r->hop.now_ns = hops_of(r) == 0 ? r->start_ns : clock_now_ns(loop_clock(r->loop));
    if (r->settings.total_s > 0 && hops_of(r) == 0) {
        r->hop.total_left_s = r->settings.total_s;
    } else if (r->settings.total_s > 0) {
        r->hop.total_left_s = r->settings.total_s - elapsed_s(r);
        if (r->hop.total_left_s <= 0) {
            struct buf text = BUF_INIT;
            http_failure_add_timeout(&text, HTTP_TOTAL_TIMEOUT, r->settings.total_s);
            fail(r, HTTP_TOTAL_TIMEOUT, buf_slice(&text));
            buf_release(&text);
            return;
        }
    }
    r->transfer = transport->start(transport, r->session, &r->hop, &sink);
}

static void fail_named(struct http_request *r, enum http_failure failure, const char *name,
                       const char *text)
{
    note_broken(r, failure, name, text);
    fail(r, r->broken, buf_slice(&r->broken_text));
}

/* The hop that was just answered is replaced by the next one. False: there is none, and it failed. */
static bool prepare_next(struct http_request *r)
{
    struct buf url = BUF_INIT;
    struct url parts;
    if (exchange_next_url(&url, &parts, &r->fragment, buf_slice(&r->url), buf_slice(&r->location),
                          r->hop.headers, NULL) < 0) {
        buf_release(&url);
        fail_named(r, HTTP_BAD_REDIRECT, "InvalidURL",
                   "the Location of a redirect is no http or https URL");
        return false;
    }
    struct str method = exchange_next_method(r->hop_status, r->hop.method);
    bool keeps_body = str_equal(method, r->hop.method);
    struct http_headers headers = {.n = 0};
    exchange_next_headers(&headers, r->hop.headers, &r->hop.parts, &parts, keeps_body,
                          r->session->cookies, &r->own_cookies, wall_s(r));
    http_headers_release(&r->hop_headers);
    r->hop_headers = headers;
    r->hop.headers = &r->hop_headers;
    r->hop.method = method;
    if (!keeps_body) {
        r->hop.has_body = false;
        r->hop.body = STR_EMPTY;
        r->hop.source = NULL;
    }
    buf_release(&r->url);
    r->url = url;
    r->hop.parts = parts;
    return true;
}

static void follow(struct http_request *r)
{
    if (r->response->n_hops > r->max_redirects) {
        char text[64];
        snprintf(text, sizeof(text), "Exceeded %u redirects.", r->max_redirects);
        fail_named(r, HTTP_TOO_MANY_REDIRECTS, "TooManyRedirects", text);
    } else if (prepare_next(r)) {
        send_hop(r);
    }
}

static void finish(struct http_request *r)
{
    if (r->decoder != NULL) {
        struct err err = ERR_INIT;
        if (decoder_finish(r->decoder, &err) < 0) {
            fail_named(r, HTTP_DECODE, "ContentDecodingError", err.text);
            return;
        }
    }
    complete(r);
}

static void add_timings(struct transfer_timings *sum, const struct transfer_timings *t)
{
    sum->dns += t->dns;
    sum->connect += t->connect;
    sum->tls += t->tls;
    sum->wait += t->wait;
    sum->receive += t->receive;
}

static void on_done(void *self, const struct transfer_end *end)
{
    struct http_request *r = self;
    r->transfer = NULL;
    r->was_sent |= end->was_sent;
    r->queued_ns += end->queued_ns;
    r->end_ns = end->end_ns; // the body is decoded as it comes
    add_timings(&response_of(r)->timings, &end->timings);
    if (r->broken != HTTP_OK)
        fail(r, r->broken, buf_slice(&r->broken_text));
    else if (r->is_stopped)
        complete(r);
    else if (end->failure != HTTP_OK)
        fail(r, end->failure, end->text);
    else if (r->hop_status != 0)
        follow(r);
    else
        finish(r);
}

static void on_failed_at_once(void *self)
{
    struct http_request *r = self;
    fail(r, r->broken, buf_slice(&r->broken_text));
}

static char *copy_of(const char *s)
{
    return s == NULL ? NULL : xstrdup(s);
}

static bool has_texts(const struct http_settings *s)
{
    return s->ca_file != NULL || s->cert_file != NULL || s->key_file != NULL || s->proxy != NULL;
}

static void keep_settings(struct http_request *r, const struct http_settings *settings)
{
    r->settings = *settings;
    if (!has_texts(settings))
        return;
    r->settings.ca_file = copy_of(settings->ca_file);
    r->settings.cert_file = copy_of(settings->cert_file);
    r->settings.key_file = copy_of(settings->key_file);
    r->settings.proxy = copy_of(settings->proxy);
}

static void release_settings(struct http_settings *settings)
{
    if (!has_texts(settings))
        return;
    free((char *)settings->ca_file);
    free((char *)settings->cert_file);
    free((char *)settings->key_file);
    free((char *)settings->proxy);
    settings->ca_file = settings->cert_file = settings->key_file = settings->proxy = NULL;
}

static char upper(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
}

/* In upper case. */
static struct str keep_method(struct http_request *r, struct str method)
{
    char *p = r->method;
    if (method.n > REQUEST_METHOD_MAX) {
        buf_reserve(&r->long_method, method.n);
        p = r->long_method.p;
    }
    for (size_t i = 0; i < method.n; i++)
        p[i] = upper(method.p[i]);
    return str_make(p, method.n);
}

/* Headers and body of the first hop. A body stands in the response. */
static void prepare_message(struct http_request *r, const struct http_spec *spec,
                            const struct url *from)
{
    r->hop.has_body = spec->has_body;
    r->hop.body = STR_EMPTY;
    r->hop.source = r->source;
    bool is_usual = spec->under_way != NULL ? spec->under_way->headers == NULL
                                            : !from->has_user && !r->hop.parts.is_unix &&
                                                  exchange_has_default_headers(r->session, spec);
    r->hop.headers = is_usual ? exchange_default_headers(spec->compress) : &r->first_headers;
    if (!is_usual && spec->under_way != NULL) {
        http_quick_add_headers(spec->under_way, &r->first_headers);
    } else if (!is_usual) {
        exchange_first_headers(&r->first_headers, r->session, spec, from, &r->hop.parts,
                               clock_wall_at_s(loop_clock(r->loop), r->start_ns));
    }
    if (!spec->has_body)
        return;
    struct http_response *response = response_of(r);
    response->has_request_body = spec->has_body && r->source == NULL;
    if (response->has_request_body)
        buf_add_str(&response->request_body, spec->body);
    r->hop.body = buf_slice(&response->request_body);
}

static bool refuse_url(struct http_request *r, const struct http_spec *spec)
{
    struct err err = ERR_INIT;
    struct url parts;
    if (url_parse(&parts, spec->url, &err) == 0)
        BUG("a URL that is well the second time");
    r->hop.headers = NULL;
    note_broken(r, HTTP_SEND, "InvalidURL", err.text);
    return false;
}

/* False: the URL can't be asked. */
static bool prepare_url(struct http_request *r, const struct http_spec *spec, struct url *from)
{
    if (spec->base != NULL) {
        from->has_user = false;
        exchange_join(&r->url, &r->hop.parts, spec->base, spec->url);
        return true;
    }
    if (url_parse(from, spec->url, NULL) < 0)
        return refuse_url(r, spec);
    exchange_url(&r->url, &r->hop.parts, from);
    if (from->fragment.n > 0)
        buf_add_str(&r->fragment, from->fragment);
    return true;
}

static bool prepare_first(struct http_request *r, const struct http_spec *spec)
{
    struct url from;
    r->hop.method = keep_method(r, spec->method);
    if (!prepare_url(r, spec, &from))
        return false;
    prepare_message(r, spec, &from);
    return true;
}

/* --- from its start to its end ----------------------------------------------------------------- */

struct http_request *http_request_start(struct loop *loop, struct http_session *session,
                                        const struct http_spec *spec,
                                        void (*done)(void *self, struct http_request *request),
                                        void *self)
{
    struct http_request *r = request_take(session->transport);
    r->loop = loop;
    r->session = session;
    r->done = done;
    r->piece = spec->piece;
    r->self = self;
    r->start_ns = spec->under_way != NULL ? http_quick_start_ns(spec->under_way)
                                          : clock_now_ns(loop_clock(loop));
    r->follows = spec->follow_redirects;
    r->max_redirects = spec->max_redirects;
    keep_settings(r, &spec->settings);
    if (spec->source != NULL) {
        r->source = *spec->source;
        *spec->source = NULL;
    }
    if (spec->cookies != NULL)
        http_headers_copy(&r->own_cookies, spec->cookies);
    deferred_init(&r->failed_at_once, on_failed_at_once, r);
    if (prepare_first(r, spec))
        send_hop(r);
    else
        deferred_start(loop, &r->failed_at_once);
    return r;
}

void http_request_cancel(struct http_request *r)
{
    deferred_cancel(r->loop, &r->failed_at_once);
    if (r->transfer != NULL)
        r->was_sent |= r->session->transport->cancel(r->transfer);
    r->transfer = NULL;
}

void http_request_resume(struct http_request *r)
{
    if (r->transfer != NULL)
        r->session->transport->hold(r->transfer, false);
}

void http_request_stop(struct http_request *r)
{
    if (r->transfer == NULL)
        return;
    r->is_stopped = true;
    r->session->transport->stop(r->transfer);
}

void http_request_free(struct http_request *r)
{
    if (r == NULL)
        return;
    if (!r->is_done)
        http_request_cancel(r);
    if (r->source != NULL)
        http_body_free(r->source);
    if (r->decoder != NULL)
        decoder_free(r->decoder);
    release_settings(&r->settings);
    request_give(r);
}

const struct http_response *http_request_response(const struct http_request *r)
{
    return r->response;
}

bool http_request_is_done(const struct http_request *r)
{
    return r->is_done;
}

bool http_request_was_sent(const struct http_request *r)
{
    return r->was_sent;
}

struct http_response *http_request_take_response(struct http_request *r)
{
    struct http_response *response = r->response;
    if (response != NULL && response->request_headers == &r->first_headers) {
        http_headers_swap(&response->own_request_headers, &r->first_headers);
        response->request_headers = &response->own_request_headers;
    }
    r->response = NULL;
    return response;
}
