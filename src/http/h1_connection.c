/*
 * h1_connection -- one connection to a server, and the request that is on it.
 *
 * How a stream ends is told by reading it. So what a server said before it broke off is read first:
 * an answer that came whole is an answer, also where the request could not be written to its end.
 */
// SPDX-License-Identifier: MIT
#include "http/h1_connection.h"

#include "base/mem.h"
#include "http/h1_quick.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REST_BYTES (16 * 1024)   /* what is read at a time while a head is unfinished */
#define SLICE_BYTES (256 * 1024) /* of a body, written at a time */
#define SOURCE_BYTES \
    (64 * 1024)         /* of one that is read while it is written: others may have to wait */
#define READS_AT_ONCE 8 /* then others have their turn */
#define UNREADABLE (-2) /* of a write: the exchange and its connection are gone */

static void write_posted(void *owner, struct str bytes);

void h1_line_init(struct h1_line *line, struct loop *loop, struct resolver *resolver,
                  const struct sources *sources)
{
    *line =
        (struct h1_line){.loop = loop, .resolver = resolver, .sources = sources, .head = BUF_INIT};
    line->bytes = xmalloc(H1_READ_BYTES);
    h1_outbox_init(&line->outbox, loop, write_posted);
}

void h1_line_release(struct h1_line *line)
{
    free(line->bytes);
    http_headers_release(&line->headers);
    free(line->slice);
    h1_outbox_release(&line->outbox);
    buf_release(&line->head);
}

void h1_exchange_init(struct h1_exchange *x)
{
    x->was_sent = false;
    x->active_ns = x->sent_ns = x->gone_ns = x->first_ns = x->last_ns = 0;
    x->connection = NULL;
    x->is_held = false;
    if (x->rest.capacity > 0)
        buf_release(&x->rest);
    x->body_gone = x->written = 0;
}

void h1_exchange_release(struct h1_exchange *x)
{
    h1_parser_release(&x->parser);
    buf_release(&x->rest);
}

static uint64_t now_ns(const struct h1_line *line)
{
    return clock_now_ns(loop_clock(line->loop));
}

/* --- the end of an exchange -------------------------------------------------------------------- */

static void end(struct h1_connection *c, enum http_failure failure, struct buf *text, bool keeps)
{
    struct h1_exchange *x = c->exchange;
    if (x->is_held)
        stream_hold(c->stream, false);
    c->exchange = NULL;
    x->connection = NULL;
    c->idle_ns = x->last_ns;
    c->line->ended(x, c, failure, text != NULL ? buf_slice(text) : STR_EMPTY, keeps);
    if (text != NULL)
        buf_release(text);
}

/* Of a connection that did not come about, or broke. */
static enum http_failure add_stream_failure(struct buf *text, const struct stream_error *why)
{
    switch (why->failure) {
    case STREAM_NAME:
        http_failure_add_name_unknown(text, why->code, why->text);
        return HTTP_NAME_UNKNOWN;
    case STREAM_ERRNO:
        http_failure_add_errno(text, why->code);
        return http_failure_of_errno(why->code);
    case STREAM_SOURCE:
        http_failure_add_named(text, "SourceAddressError", str_of(why->text));
        return HTTP_NO_SOURCE;
    case STREAM_TLS:
        http_failure_add_named(text, "SSLError", str_of(why->text));
        return HTTP_TLS;
    default:
        http_failure_add_closed(text);
        return HTTP_CLOSED;
    }
}

static void end_broken(struct h1_connection *c, const struct stream_error *why)
{
    struct buf text = BUF_INIT;
    enum http_failure failure = add_stream_failure(&text, why);
    end(c, failure, &text, false);
}

static void end_unparsed(struct h1_connection *c)
{
    struct h1_parser *p = &c->exchange->parser;
    struct buf text = BUF_INIT;
    h1_parser_add_failure(p, &text);
    end(c, p->failure, &text, false);
}

static void end_stopped(struct h1_connection *c)
{
    struct buf text = BUF_INIT;
    buf_add_cstr(&text, "RequestError('stopped')");
    end(c, HTTP_OTHER, &text, false);
}

static bool is_written(const struct h1_connection *c)
{
    const struct h1_exchange *x = c->exchange;
    return x->body_gone == transfer_body_length(x->spec) && stream_is_drained(c->stream);
}

/* The answer is whole. What came behind it belongs to nobody: such a connection is not used again. */
static void end_well(struct h1_connection *c, bool has_surplus)
{
    struct h1_exchange *x = c->exchange;
    bool keeps =
        x->parser.keeps_connection && !x->framing.wants_close && !has_surplus && is_written(c);
    end(c, HTTP_OK, NULL, keeps);
}

/* --- reading ----------------------------------------------------------------------------------- */

static void tell_head(struct h1_connection *c)
{
    struct h1_exchange *x = c->exchange;
    struct h1_parser *p = &x->parser;
    c->line->is_inside = true;
    x->sink.head(x->sink.self, p->status, p->reason, &p->headers);
    c->line->is_inside = false;
    if (c->line->headers.all != NULL)
        return;
    http_headers_clear(&p->headers);
    http_headers_swap(&p->headers, &c->line->headers);
}

static bool tell_piece(struct h1_connection *c, struct str piece)
{
    c->line->is_inside = true;
    bool goes_on = c->exchange->sink.body(c->exchange->sink.self, piece);
    c->line->is_inside = false;
    return goes_on;
}

/* Reads on in the answer. False: the exchange has ended, and the connection perhaps with it. */
static bool parse(struct h1_connection *c, struct str *in)
{
    struct str piece;
    struct http_headers *headers = &c->exchange->parser.headers;
    if (headers->all == NULL)
        http_headers_swap(headers, &c->line->headers);
    for (;;) {
        switch (h1_parser_next(&c->exchange->parser, in, &piece)) {
        case H1_MORE:
            return true;
        case H1_HEAD:
            tell_head(c);
            break;
        case H1_PIECE:
            if (tell_piece(c, piece))
                break;
            end_stopped(c);
            return false;
        case H1_END:
            end_well(c, in->n > 0);
            return false;
        case H1_FAILED:
            end_unparsed(c);
            return false;
        }
    }
}

/* What has not been read of `in` is kept until more comes. */
static void keep_rest(struct buf *rest, struct str in)
{
    if (in.n == 0 || rest->n == 0) {
        buf_clear(rest);
        buf_add_str(rest, in);
    } else if (in.n < rest->n) {
        memmove(rest->p, in.p, in.n);
        buf_truncate(rest, in.n);
    }
}

/* Reads into the shared buffer, or behind what is kept. As stream_read; *in is all there is. */
static ptrdiff_t read_some(struct h1_connection *c, struct str *in, struct stream_error *why)
{
    struct buf *rest = &c->exchange->rest;
    if (rest->n == 0) {
        ptrdiff_t got = stream_read(c->stream, c->line->bytes, H1_READ_BYTES, why);
        *in = str_make(c->line->bytes, got > 0 ? (size_t)got : 0);
        return got;
    }
    buf_reserve(rest, REST_BYTES);
    ptrdiff_t got = stream_read(c->stream, rest->p + rest->n, REST_BYTES, why);
    rest->n += got > 0 ? (size_t)got : 0;
    *in = buf_slice(rest);
    return got;
}

/* Whether the server closed an idle connection while the request was on its way: nothing of an answer
 * came, and its system took nothing of the request. That is known of an orderly end alone: a reset
 * acknowledges nothing, whatever was read. */
static bool is_unheard(const struct h1_connection *c, const struct stream_error *why)
{
    const struct h1_exchange *x = c->exchange;
    if (c->is_posted)
        return true;
    bool is_orderly =
        why->failure == STREAM_CLOSED || (why->failure == STREAM_ERRNO && why->code == EPIPE);
    return is_orderly && x->sent_ns == 0 && x->first_ns == 0 && x->was_sent &&
           stream_unheard(c->stream) >= x->written;
}

static void end_unheard(struct h1_connection *c)
{
    struct h1_exchange *x = c->exchange;
    c->exchange = NULL;
    x->connection = NULL;
    c->line->unheard(x, c);
}

/* The stream has ended under the request. */
static void on_end(struct h1_connection *c, const struct stream_error *why)
{
    if (is_unheard(c, why))
        end_unheard(c);
    else if (why->failure != STREAM_CLOSED)
        end_broken(c, why);
    else if (h1_parser_close(&c->exchange->parser) == H1_END)
        end_well(c, false);
    else
        end_unparsed(c);
}

/* Nothing is expected: it is the end, or what nobody asked for (or TLS's own, which is nothing). */
static void on_idle_readable(struct h1_connection *c)
{
    struct stream_error why;
    char byte;
    if (stream_read(c->stream, &byte, 1, &why) != 0)
        c->line->lost(c);
}

/* What was read, or why nothing will be. False: nothing more is to be read now. */
static bool take_in(struct h1_connection *c, ptrdiff_t got, struct str in,
                    const struct stream_error *why)
{
    struct h1_exchange *x = c->exchange;
    if (got == 0)
        return false;
    x->active_ns = x->last_ns = now_ns(c->line);
    if (got < 0) {
        on_end(c, why);
        return false;
    }
    if (x->first_ns == 0)
        x->first_ns = x->last_ns;
    if (!parse(c, &in))
        return false;
    keep_rest(&x->rest, in);
    return !x->is_held;
}

static void on_readable(void *self)
{
    struct h1_connection *c = self;
    struct stream_error why;
    struct str in;
    ptrdiff_t got;
    if (c->quick != NULL && (h1_quick_read(c, &in, &got, &why) || !take_in(c, got, in, &why)))
        return;
    if (c->exchange == NULL) {
        on_idle_readable(c);
        return;
    }
    for (int i = 0; i < READS_AT_ONCE; i++) {
        got = read_some(c, &in, &why);
        if (!take_in(c, got, in, &why))
            return;
    }
}

void h1_connection_hold(struct h1_connection *c, bool holds)
{
    c->exchange->is_held = holds;
    c->exchange->active_ns = loop_now_ns(c->line->loop);
    stream_hold(c->stream, holds);
}

void h1_connection_stop(struct h1_connection *c)
{
    end_stopped(c);
}

/* --- writing ----------------------------------------------------------------------------------- */

/* The next slice of a body that is read while it is written. -1: it can't be read; the exchange and its
 * connection are gone then. */
static int read_slice(struct h1_connection *c, struct str *slice)
{
    struct h1_exchange *x = c->exchange;
    struct err err = ERR_INIT;
    if (c->line->slice == NULL)
        c->line->slice = xmalloc(SOURCE_BYTES);
    ptrdiff_t n = http_body_read(x->spec->source, c->line->slice, SOURCE_BYTES, &err);
    *slice = str_make(c->line->slice, n > 0 ? (size_t)n : 0);
    if (n >= 0)
        return 0;
    c->line->unreadable(x, str_of(err.text));
    return -1;
}

/* The next slice of the body, with what stands before and behind it; -1: nothing can be written. */
static int write_slice(struct h1_connection *c, struct str before)
{
    struct h1_exchange *x = c->exchange;
    struct str slice, pieces[3];
    size_t n = 0;
    if (x->spec->source == NULL)
        slice = str_slice(x->spec->body, x->body_gone, x->body_gone + SLICE_BYTES);
    else if (read_slice(c, &slice) < 0)
        return UNREADABLE;
    bool is_last = x->body_gone + slice.n == transfer_body_length(x->spec);
    if (before.n > 0)
        pieces[n++] = before;
    if (slice.n > 0)
        pieces[n++] = slice;
    if (x->framing.is_chunked && is_last)
        pieces[n++] = slice.n > 0 ? STR(H1_LAST_CHUNK) : STR("0\r\n\r\n");
    if (stream_write(c->stream, pieces, n) < 0)
        return -1;
    x->written = before.n > 0 ? before.n + slice.n : SIZE_MAX;
    x->body_gone += slice.n;
    return 0;
}

/* Slices until the kernel takes no more. */
static int write_body(struct h1_connection *c)
{
    const struct h1_exchange *x = c->exchange;
    uint64_t length = transfer_body_length(x->spec);
    while (x->body_gone < length && stream_is_drained(c->stream)) {
        int result = write_slice(c, STR_EMPTY);
        if (result < 0)
            return result;
    }
    return 0;
}

/* The end of the turn has come: the request's time begins. */
static void write_posted(void *owner, struct str bytes)
{
    struct h1_connection *c = owner;
    c->is_posted = false;
    uint64_t *gone_ns = c->quick != NULL ? &c->quick->gone_ns : &c->exchange->gone_ns;
    *gone_ns = now_ns(c->line);
    if (stream_write(c->stream, &bytes, 1) == 0)
        return;
    if (c->quick != NULL)
        h1_quick_end(c);
    end_unheard(c); // it broke under the write, of which nothing has left
}

/* Whether it can be written with others: whole, and without having to wait for the kernel. */
static bool can_be_posted(const struct h1_connection *c)
{
    const struct transfer_spec *spec = c->exchange->spec;
    return spec->source == NULL && spec->body.n <= H1_OUTBOX_BODY_MAX &&
           h1_outbox_has_room(&c->line->outbox) && stream_is_drained(c->stream);
}

static void post_request(struct h1_connection *c)
{
    struct h1_exchange *x = c->exchange;
    struct buf *out = &c->line->outbox.bytes;
    size_t begin = out->n;
    h1_request_add(out, x->spec, &x->framing, &c->line->host);
    if (x->spec->body.n > 0)
        buf_add_str(out, x->spec->body);
    if (x->framing.is_chunked)
        buf_add_str(out, x->spec->body.n > 0 ? STR(H1_LAST_CHUNK) : STR("0\r\n\r\n"));
    x->body_gone = x->spec->body.n;
    x->written = out->n - begin;
    x->was_sent = true;
    x->parser.heads = &c->line->heads;
    h1_parser_begin(&x->parser, str_equal(x->spec->method, STR("HEAD")));
    c->is_posted = true;
    h1_outbox_post(&c->line->outbox, c, begin);
}

static int write_request(struct h1_connection *c)
{
    struct h1_exchange *x = c->exchange;
    struct buf *head = &c->line->head;
    buf_clear(head);
    h1_request_add(head, x->spec, &x->framing, &c->line->host);
    x->parser.heads = &c->line->heads;
    h1_parser_begin(&x->parser, str_equal(x->spec->method, STR("HEAD")));
    if (x->spec->source != NULL)
        http_body_rewind(x->spec->source);
    int result = write_slice(c, buf_slice(head));
    if (result < 0)
        return result;
    x->was_sent = true;
    return write_body(c);
}

static void on_connected(void *self)
{
    struct h1_connection *c = self;
    c->is_connected = true;
    if (c->exchange == NULL)
        return;
    c->exchange->active_ns = c->exchange->sent_ns = now_ns(c->line);
    write_request(c); // where it can't be written, what is read next says why
}

static void on_drained(void *self)
{
    struct h1_connection *c = self;
    if (c->exchange == NULL)
        return;
    c->exchange->active_ns = loop_now_ns(c->line->loop);
    write_body(c);
}

static void on_failed(void *self, const struct stream_error *why)
{
    struct h1_connection *c = self;
    if (c->quick != NULL)
        h1_quick_end(c);
    if (c->exchange == NULL) {
        c->line->lost(c);
        return;
    }
    c->exchange->last_ns = now_ns(c->line);
    end_broken(c, why);
}

int h1_connection_send(struct h1_connection *c, struct h1_exchange *x)
{
    c->exchange = x;
    x->connection = c;
    if (!c->is_connected)
        return 0;
    x->active_ns = loop_now_ns(c->line->loop);
    if (can_be_posted(c)) {
        post_request(c);
        return 0;
    }
    int result = write_request(c);
    if (result == 0 || result == UNREADABLE || x->was_sent)
        return 0;
    c->exchange = NULL;
    x->connection = NULL;
    return -1;
}

/* --- its life ---------------------------------------------------------------------------------- */

struct h1_connection *h1_connection_open(struct h1_line *line, void *owner,
                                         const struct h1_place *place)
{
    const struct url *url = place->url;
    struct h1_connection *c = xcalloc_lines(sizeof(*c) + url->host.n);
    *c = (struct h1_connection){
        .owner = owner, .line = line, .tls = place->tls, .port = url->port, .host_n = url->host.n};
    memcpy(c->host, url->host.p, url->host.n);
    struct buf path = BUF_INIT;
    if (url->is_unix)
        url_decode(&path, url->host);
    struct stream_target target = {.host = url->is_unix ? buf_slice(&path) : url->host,
                                   .port = url->port,
                                   .is_unix = url->is_unix,
                                   .sources = line->sources,
                                   .choice = place->choice,
                                   .tls = place->tls,
                                   .server_name = url->host,
                                   .tickets = place->tickets};
    struct stream_events events = {.self = c,
                                   .readable = on_readable,
                                   .connected = on_connected,
                                   .failed = on_failed,
                                   .drained = on_drained};
    c->stream = stream_start(line->loop, line->resolver, &target, &events);
    buf_release(&path);
    return c;
}

void h1_connection_close(struct h1_connection *c)
{
    if (c->is_posted)
        h1_outbox_take_back(&c->line->outbox, c);
    if (c->exchange != NULL) {
        c->exchange->was_sent &= !c->is_posted;
        c->exchange->connection = NULL;
    }
    if (c->quick != NULL)
        c->quick->connection = NULL;
    stream_close(c->stream);
    free(c);
}

bool h1_connection_serves(const struct h1_connection *c, const struct h1_place *place)
{
    const struct url *url = place->url;
    struct str host = str_make(c->host, c->host_n);
    return c->port == url->port && c->tls == place->tls &&
           (url->is_unix ? str_equal(host, url->host) : str_equal_nocase(host, url->host));
}

bool h1_connection_is_dead(struct h1_connection *c)
{
    return c->idle_ns < loop_now_ns(c->line->loop) && stream_is_dead(c->stream);
}
