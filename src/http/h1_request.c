/* h1_request -- a request as HTTP/1.1 writes it. */
// SPDX-License-Identifier: MIT
#include "http/h1_request.h"

#define PORT_HTTP 80
#define PORT_HTTPS 443

static void add_number(struct buf *out, uint64_t number, unsigned base)
{
    char digits[24];
    size_t at = sizeof(digits);
    do
        digits[--at] = "0123456789abcdef"[number % base];
    while ((number /= base) > 0);
    buf_add(out, digits + at, sizeof(digits) - at);
}

static void add_line(struct buf *out, struct str line)
{
    buf_add_str(out, line);
    buf_add(out, "\r\n", 2);
}

/* Path and query stand side by side in the URL. */
static struct str target_of(const struct transfer_spec *spec)
{
    const char *begin = spec->parts.path.p;
    return str_make(begin, (size_t)(spec->url.p + spec->url.n - begin));
}

static void add_host(struct buf *out, const struct url *u)
{
    uint16_t usual = u->scheme.n == sizeof("https") - 1 ? PORT_HTTPS : PORT_HTTP;
    buf_add_cstr(out, u->host_is_ipv6 ? "Host: [" : "Host: ");
    buf_add_str(out, u->host);
    if (u->host_is_ipv6)
        buf_add_char(out, ']');
    if (u->port != usual) {
        buf_add_char(out, ':');
        add_number(out, u->port, 10);
    }
    buf_add(out, "\r\n", 2);
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

static void add_headers(struct buf *out, const struct transfer_spec *spec, struct h1_framing *f)
{
    const struct http_headers *h = spec->headers;
    size_t host = 0;
    while (host < h->n && !str_equal_nocase(http_headers_name(h, host), STR("Host")))
        host++;
    if (host < h->n)
        add_line(out, line_of(h, host));
    else
        add_host(out, &spec->parts);
    for (size_t i = 0; i < h->n; i++) {
        if (read_own(h, i, spec->has_body, f))
            add_line(out, line_of(h, i));
    }
}

/* All methods but GET and HEAD say how long their body is, if only that there is none (as requests
 * does; RFC 9110 8.6 wants it of those that usually have one). */
static bool needs_length(const struct transfer_spec *spec)
{
    return spec->has_body ||
           !(str_equal(spec->method, STR("GET")) || str_equal(spec->method, STR("HEAD")));
}

void h1_request_add(struct buf *out, const struct transfer_spec *spec, struct h1_framing *framing)
{
    bool is_1_0 = spec->settings->version == HTTP_VERSION_1_0;
    *framing = (struct h1_framing){.wants_close = is_1_0};
    buf_add_str(out, spec->method);
    buf_add_char(out, ' ');
    buf_add_str(out, target_of(spec));
    buf_add_str(out, is_1_0 ? STR(" HTTP/1.0\r\n") : STR(" HTTP/1.1\r\n"));
    add_headers(out, spec, framing);
    if (needs_length(spec) && !framing->is_chunked) {
        buf_add_cstr(out, "Content-Length: ");
        add_number(out, transfer_body_length(spec), 10);
        buf_add(out, "\r\n", 2);
    }
    buf_add(out, "\r\n", 2);
    if (framing->is_chunked && transfer_body_length(spec) > 0) {
        add_number(out, transfer_body_length(spec), 16);
        buf_add(out, "\r\n", 2);
    }
}
