/* h1_request -- a request as HTTP/1.1 writes it. */
// SPDX-License-Identifier: MIT
#include "http/h1_request.h"

#include "base/err.h"
#include "http/exchange.h"

#include <string.h>

#define PORT_HTTP 80
#define PORT_HTTPS 443

/* What is written goes into room that was reserved for it. */
static char *put(char *p, struct str s)
{
    memcpy(p, s.p, s.n);
    return p + s.n;
}

static char *put_number(char *p, uint64_t number, unsigned base)
{
    char digits[24];
    size_t at = sizeof(digits);
    do
        digits[--at] = "0123456789abcdef"[number % base];
    while ((number /= base) > 0);
    return put(p, str_make(digits + at, sizeof(digits) - at));
}

static char *put_line(char *p, struct str line)
{
    p = put(p, line);
    return put(p, STR("\r\n"));
}

/* Path and query stand side by side in the URL. */
static struct str target_of(const struct transfer_spec *spec)
{
    const char *begin = spec->parts.path.p;
    return str_make(begin, (size_t)(spec->url.p + spec->url.n - begin));
}

static char *write_host(char *p, const struct url *u)
{
    uint16_t usual = u->scheme.n == sizeof("https") - 1 ? PORT_HTTPS : PORT_HTTP;
    p = put(p, u->host_is_ipv6 ? STR("Host: [") : STR("Host: "));
    p = put(p, u->host);
    if (u->host_is_ipv6)
        *p++ = ']';
    if (u->port != usual) {
        *p++ = ':';
        p = put_number(p, u->port, 10);
    }
    return put(p, STR("\r\n"));
}

static bool is_host(const struct h1_host *h, const struct url *u)
{
    const char *name = h->line + (h->is_ipv6 ? sizeof("Host: [") - 1 : sizeof("Host: ") - 1);
    return h->port == u->port && h->host_n == u->host.n && h->scheme_n == u->scheme.n &&
           h->is_ipv6 == u->host_is_ipv6 && memcmp(name, u->host.p, u->host.n) == 0;
}

/* Nearly all requests go to one host. */
static char *put_host(char *p, const struct url *u, struct h1_host *h)
{
    if (is_host(h, u))
        return put(p, str_make(h->line, h->n));
    char *end = write_host(p, u);
    size_t n = (size_t)(end - p);
    if (n > sizeof(h->line))
        return end;
    *h = (struct h1_host){.port = u->port,
                          .is_ipv6 = u->host_is_ipv6,
                          .scheme_n = u->scheme.n,
                          .host_n = u->host.n,
                          .n = n};
    memcpy(h->line, p, n);
    return end;
}

/* "Name: value", or "Name:" where there is none. */
static struct str line_of(const struct http_headers *h, size_t i)
{
    size_t value_n = h->all[i].value_n;
    return str_make(http_headers_line(h, i), h->all[i].name_n + (value_n > 0 ? 2 + value_n : 1));
}

static bool has_option(struct str value, struct str option)
{
    while (value.n > 0) {
        if (str_equal_nocase(str_trim(str_cut(&value, ',')), option))
            return true;
    }
    return false;
}

/* Takes note of what the script's own headers say about the framing. False: this one isn't sent, or
 * was already. */
static bool read_own(const struct http_headers *h, size_t i, bool has_body, struct h1_framing *f)
{
    struct str name = http_headers_name(h, i);
    switch (name.n) {
    case sizeof("Host") - 1:
        return !str_equal_nocase(name, STR("Host"));
    case sizeof("Connection") - 1:
        if (str_equal_nocase(name, STR("Connection")))
            f->wants_close |= has_option(http_headers_value(h, i), STR("close"));
        return true;
    case sizeof("Content-Length") - 1:
        return !str_equal_nocase(name, STR("Content-Length"));
    case sizeof("Transfer-Encoding") - 1:
        if (!str_equal_nocase(name, STR("Transfer-Encoding")))
            return true;
        f->is_chunked |= has_body && has_option(http_headers_value(h, i), STR("chunked"));
        return has_body;
    default:
        return true;
    }
}

static char *put_headers(char *p, const struct transfer_spec *spec, struct h1_framing *f,
                         struct h1_host *known)
{
    const struct http_headers *h = spec->headers;
    struct str usual = exchange_default_lines(h);
    if (usual.n > 0)
        return put(put_host(p, &spec->parts, known), usual);
    size_t host = 0;
    while (host < h->n && !str_equal_nocase(http_headers_name(h, host), STR("Host")))
        host++;
    char *line = p;
    p = host < h->n ? put_line(p, line_of(h, host)) : put_host(p, &spec->parts, known);
    memcpy(line, "Host", 4); // as both transports write it, whatever case the script has
    for (size_t i = 0; i < h->n; i++) {
        if (read_own(h, i, spec->has_body, f))
            p = put_line(p, line_of(h, i));
    }
    return p;
}

/* All methods but GET and HEAD say how long their body is, if only that there is none (as requests
 * does; RFC 9110 8.6 wants it of those that usually have one). */
static bool needs_length(const struct transfer_spec *spec)
{
    return spec->has_body ||
           !(str_equal(spec->method, STR("GET")) || str_equal(spec->method, STR("HEAD")));
}

/* More than the head can have: its texts, and what is written around them. */
static size_t head_room(const struct transfer_spec *spec)
{
    return 256 + spec->method.n + spec->url.n + 2 * spec->parts.host.n + 2 * spec->headers->n +
           spec->headers->bytes.n;
}

void h1_request_add(struct buf *out, const struct transfer_spec *spec, struct h1_framing *framing,
                    struct h1_host *host)
{
    bool is_1_0 = spec->settings->version == HTTP_VERSION_1_0;
    *framing = (struct h1_framing){.wants_close = is_1_0};
    buf_reserve(out, head_room(spec));
    char *p = put(out->p + out->n, spec->method);
    *p++ = ' ';
    p = put(p, target_of(spec));
    p = put(p, is_1_0 ? STR(" HTTP/1.0\r\n") : STR(" HTTP/1.1\r\n"));
    p = put_headers(p, spec, framing, host);
    if (needs_length(spec) && !framing->is_chunked) {
        p = put(p, STR("Content-Length: "));
        p = put_number(p, transfer_body_length(spec), 10);
        p = put(p, STR("\r\n"));
    }
    p = put(p, STR("\r\n"));
    if (framing->is_chunked && transfer_body_length(spec) > 0) {
        p = put_number(p, transfer_body_length(spec), 16);
        p = put(p, STR("\r\n"));
    }
    *p = '\0';
    out->n = (size_t)(p - out->p);
}

/* What stands between "GET " and the given path. */
static struct str base_path(const struct exchange_base *base)
{
    size_t n = base->parts.path.n;
    return str_make(base->text.p + base->text.n - n, n);
}

static char *put_target(char *p, const struct exchange_base *base, struct str path)
{
    p = put(p, STR("GET "));
    p = put(p, base_path(base));
    return put(p, path);
}

void h1_request_add_get(struct buf *out, const struct exchange_base *base, struct str path,
                        const struct http_headers *headers, struct h1_framing *framing,
                        struct h1_host *host)
{
    struct transfer_spec spec = {.parts = base->parts, .headers = headers};
    *framing = (struct h1_framing){.wants_close = false};
    buf_reserve(out, head_room(&spec) + base->text.n + path.n);
    char *p = put_target(out->p + out->n, base, path);
    p = put(p, STR(" HTTP/1.1\r\n"));
    p = put_headers(p, &spec, framing, host);
    p = put(p, STR("\r\n"));
    *p = '\0';
    out->n = (size_t)(p - out->p);
}

static void keep_tail(struct h1_tail *tail, const struct exchange_base *base, struct str written)
{
    if (written.n > sizeof tail->bytes)
        BUG("a host's name is longer than a connection to it can have");
    tail->base_id = base->id;
    tail->n = written.n;
    memcpy(tail->bytes, written.p, written.n);
}

static void make_tail(struct h1_tail *tail, const struct exchange_base *base, struct h1_host *host,
                      struct buf *scratch)
{
    struct h1_framing framing;
    size_t begin = scratch->n, head_n = strlen("GET ") + base->parts.path.n;
    h1_request_add_get(scratch, base, STR_EMPTY, exchange_default_headers(HTTP_COMPRESS_DEFAULT),
                       &framing, host);
    struct str head = str_make(scratch->p + begin, scratch->n - begin - strlen("\r\n"));
    keep_tail(tail, base, str_slice(head, head_n, head.n));
    buf_truncate(scratch, begin);
}

static size_t room_for(const struct http_headers *more)
{
    return more != NULL ? more->bytes.n + 2 * more->n : 0;
}

void h1_request_add_usual(struct buf *out, const struct exchange_base *base, struct str path,
                          const struct http_headers *more, struct h1_host *host,
                          struct h1_tail *tail)
{
    if (tail->base_id != base->id)
        make_tail(tail, base, host, out);
    buf_reserve(out, strlen("GET ") + base->parts.path.n + path.n + tail->n + room_for(more) + 3);
    char *p = put_target(out->p + out->n, base, path);
    p = put(p, str_make(tail->bytes, tail->n));
    for (size_t i = 0; more != NULL && i < more->n; i++)
        p = put_line(p, line_of(more, i));
    p = put(p, STR("\r\n"));
    *p = '\0';
    out->n = (size_t)(p - out->p);
}
