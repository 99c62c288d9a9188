/*
 * exchange -- the rules above all transports.
 *
 * Sources: RFC 9110 15.4; requests' sessions.py (rebuild_method, rebuild_auth, should_strip_auth).
 * One difference: a 301 that leaves PUT a PUT leaves it its body too.
 */
// SPDX-License-Identifier: MIT
#include "http/exchange.h"

#include "base/codec.h"
#include "net/idn.h"

#include <string.h>

#define DEFAULT_PORT_HTTP 80
#define DEFAULT_PORT_HTTPS 443

static bool is_https(const struct url *u)
{
    return str_equal_nocase(u->scheme, STR("https"));
}

static void add_port(struct buf *out, uint16_t port)
{
    char digits[8];
    size_t at = sizeof(digits);
    do
        digits[--at] = (char)('0' + port % 10);
    while ((port /= 10) > 0);
    digits[--at] = ':';
    buf_add(out, digits + at, sizeof(digits) - at);
}

/* The host in ASCII, in `ascii` where it must be translated; the path of a socket encoded in the one
 * way that texts can be compared by. A name that has no such form stays as it is: the transport says
 * so. */
static struct str ascii_host(const struct url *u, struct buf *ascii)
{
    struct str host = u->host;
    if (u->is_unix) {
        struct buf path = BUF_INIT;
        url_decode(&path, host);
        url_encode(ascii, buf_slice(&path), false);
        buf_release(&path);
        return buf_slice(ascii);
    }
    (void)!idn_host(&host, ascii);
    return host;
}

static struct str since(const struct buf *text, size_t begin)
{
    return str_make(text->p + begin, text->n - begin);
}

void exchange_url(struct buf *text, struct url *parts, const struct url *u)
{
    struct buf ascii = BUF_INIT;
    struct str name = ascii_host(u, &ascii);
    // A byte may become three; so the text stays where it is, and the parts can point to it.
    buf_clear(text);
    buf_reserve(text, 32 + name.n + 3 * (u->path.n + u->query.n));
    *parts = (struct url){.port = u->port,
                          .has_port = u->has_port,
                          .host_is_ipv6 = u->host_is_ipv6,
                          .is_unix = u->is_unix,
                          .has_query = u->has_query};
    buf_add_cstr(text, is_https(u) ? "https" : u->is_unix ? "http+unix" : "http");
    parts->scheme = since(text, 0);
    buf_add_cstr(text, u->host_is_ipv6 ? "://[" : "://");
    size_t host = text->n;
    buf_add_str(text, name);
    buf_release(&ascii);
    parts->host = since(text, host);
    if (u->host_is_ipv6)
        buf_add_char(text, ']');
    if (u->has_port)
        add_port(text, u->port);
    size_t path = text->n;
    if (u->path.n == 0)
        buf_add_char(text, '/');
    url_requote(text, u->path);
    parts->path = since(text, path);
    if (!u->has_query)
        return;
    buf_add_char(text, '?');
    size_t query = text->n;
    url_requote(text, u->query);
    parts->query = since(text, query);
}

/* --- a path behind a base ---------------------------------------------------------------------- */

int exchange_base_init(struct exchange_base *base, struct str url, struct err *err)
{
    struct url u;
    if (url_parse(&u, url, err) < 0)
        return -1;
    if (u.has_user || u.has_query || u.has_fragment)
        return err_set(err, "a base URL with credentials, query or fragment");
    static uint64_t last_id;
    *base = (struct exchange_base){.id = ++last_id, .text = BUF_INIT};
    exchange_url(&base->text, &base->parts, &u);
    if (u.path.n == 0) {
        buf_truncate(&base->text, base->text.n - 1);
        base->parts.path.n = 0;
    }
    return 0;
}

void exchange_base_release(struct exchange_base *base)
{
    buf_release(&base->text);
}

/* What stands in a path or a query as it is sent: all but '%', which must be looked at, and '#'. */
static bool is_plain(unsigned char c)
{
    static const bool plain[256] = {
        ['!'] = true,         ['$'] = true,         ['&'] = true,         ['\''] = true,
        ['('] = true,         [')'] = true,         ['*'] = true,         ['+'] = true,
        [','] = true,         ['-'] = true,         ['.'] = true,         ['/'] = true,
        ['0' ... '9'] = true, [':'] = true,         [';'] = true,         ['='] = true,
        ['?'] = true,         ['@'] = true,         ['A' ... 'Z'] = true, ['_'] = true,
        ['~'] = true,         ['a' ... 'z'] = true,
    };
    return plain[c];
}

bool exchange_is_plain_path(struct str path)
{
    if (path.n == 0 || path.p[0] != '/' || path.n > URL_LIMIT / 2)
        return false;
    for (size_t i = 0; i < path.n; i++) {
        if (!is_plain((unsigned char)path.p[i]))
            return false;
    }
    return true;
}

void exchange_join(struct buf *text, struct url *parts, const struct exchange_base *base,
                   struct str path)
{
    size_t begin = base->text.n - base->parts.path.n, mark = str_index(path, '?');
    buf_clear(text);
    buf_reserve(text, base->text.n + path.n);
    memcpy(text->p, base->text.p, base->text.n);
    memcpy(text->p + base->text.n, path.p, path.n);
    text->n = base->text.n + path.n;
    text->p[text->n] = '\0';
    *parts = base->parts;
    parts->path = str_make(text->p + begin, base->parts.path.n + mark);
    parts->has_query = mark < path.n;
    if (parts->has_query)
        parts->query = str_make(text->p + base->text.n + mark + 1, path.n - mark - 1);
}

/* --- headers ----------------------------------------------------------------------------------- */

#define AGENT "katydid/" KATYDID_VERSION
#define LINE(name, value) name ": " value "\0"
#define LINE_BYTES(name, value) (sizeof LINE(name, value) - 1)
#define ROW(begin, name, value)                                                \
    {                                                                          \
        begin, sizeof(name) - 1, (begin) + sizeof(name) + 1, sizeof(value) - 1 \
    }
#define ACCEPT_AT LINE_BYTES("User-Agent", AGENT)
#define CODINGS_AT (ACCEPT_AT + LINE_BYTES("Accept", "*/*"))
#define DEFAULTS(codings) \
    LINE("User-Agent", AGENT) LINE("Accept", "*/*") LINE("Accept-Encoding", codings)
#define DEFAULT_HEADERS(texts, rows, count)                                    \
    {                                                                          \
        .bytes = {.p = texts, .n = sizeof(texts) - 1}, .all = rows, .n = count \
    }

static char usual_text[] = DEFAULTS("gzip, deflate");
static char all_text[] = DEFAULTS("gzip, deflate, br, zstd");
static char none_text[] = LINE("User-Agent", AGENT) LINE("Accept", "*/*");
static struct http_header_at usual_rows[] = {ROW(0, "User-Agent", AGENT),
                                             ROW(ACCEPT_AT, "Accept", "*/*"),
                                             ROW(CODINGS_AT, "Accept-Encoding", "gzip, deflate")};
static struct http_header_at all_rows[] = {
    ROW(0, "User-Agent", AGENT), ROW(ACCEPT_AT, "Accept", "*/*"),
    ROW(CODINGS_AT, "Accept-Encoding", "gzip, deflate, br, zstd")};

static const struct http_headers usual = DEFAULT_HEADERS(usual_text, usual_rows, 3);
static const struct http_headers all = DEFAULT_HEADERS(all_text, all_rows, 3);
static const struct http_headers none = DEFAULT_HEADERS(none_text, usual_rows, 2);

const struct http_headers *exchange_default_headers(enum http_compress compress)
{
    return compress == HTTP_COMPRESS_DEFAULT ? &usual
           : compress == HTTP_COMPRESS_ALL   ? &all
                                             : &none;
}

#define WIRE_LINE(name, value) name ": " value "\r\n"
#define WIRE_FIRST WIRE_LINE("User-Agent", AGENT) WIRE_LINE("Accept", "*/*")

struct str exchange_default_lines(const struct http_headers *headers)
{
    if (headers == &usual)
        return STR(WIRE_FIRST WIRE_LINE("Accept-Encoding", "gzip, deflate"));
    if (headers == &all)
        return STR(WIRE_FIRST WIRE_LINE("Accept-Encoding", "gzip, deflate, br, zstd"));
    return headers == &none ? STR(WIRE_FIRST) : STR_EMPTY;
}

bool exchange_adds_nothing(const struct http_session *session)
{
    return (session->headers == NULL || session->headers->n == 0) && session->cookies == NULL;
}

bool exchange_has_default_headers(const struct http_session *session, const struct http_spec *spec)
{
    return exchange_adds_nothing(session) && spec->headers == NULL && spec->cookies == NULL &&
           !spec->has_auth && !(spec->has_body && spec->content_type.n > 0);
}

static bool was_before(const struct http_headers *h, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (str_equal_nocase(http_headers_name(h, k), http_headers_name(h, i)))
            return true;
    }
    return false;
}

/* The first of a name takes the place of what is there; its repetitions follow it. */
static void lay_over(struct http_headers *out, const struct http_headers *over)
{
    for (size_t i = 0; over != NULL && i < over->n; i++) {
        if (was_before(over, i))
            http_headers_add(out, http_headers_name(over, i), http_headers_value(over, i));
        else
            http_headers_set(out, http_headers_name(over, i), http_headers_value(over, i));
    }
}

static void add_cookies(struct http_headers *out, const struct cookies *jar,
                        const struct http_headers *own_cookies, const struct url *url, double now_s)
{
    if ((jar == NULL && own_cookies == NULL) || http_headers_has(out, STR("Cookie")))
        return;
    struct buf value = BUF_INIT;
    cookies_send_with(jar, own_cookies, url, &value, now_s);
    if (value.n > 0)
        http_headers_add(out, STR("Cookie"), buf_slice(&value));
    buf_release(&value);
}

static void set_credentials(struct http_headers *out, const struct http_spec *spec,
                            const struct url *from)
{
    struct buf pair = BUF_INIT, value = BUF_INIT;
    if (spec->has_auth) {
        buf_add_str(&pair, spec->user);
        buf_add_char(&pair, ':');
        buf_add_str(&pair, spec->password);
    } else {
        url_decode(&pair, from->user);
        buf_add_char(&pair, ':');
        url_decode(&pair, from->password);
    }
    buf_add_cstr(&value, "Basic ");
    base64_encode(&value, buf_slice(&pair));
    http_headers_set(out, STR("Authorization"), buf_slice(&value));
    buf_release(&value);
    buf_release(&pair);
}

void exchange_first_headers(struct http_headers *out, const struct http_session *session,
                            const struct http_spec *spec, const struct url *from,
                            const struct url *url, double now_s)
{
    http_headers_copy(out, exchange_default_headers(spec->compress));
    lay_over(out, session->headers);
    lay_over(out, spec->headers);
    http_headers_remove(out, STR("Content-Length")); // the transport's: what is true
    if (spec->has_body && spec->content_type.n > 0 && !http_headers_has(out, STR("Content-Type")))
        http_headers_add(out, STR("Content-Type"), spec->content_type);
    if (url->is_unix && !http_headers_has(out, STR("Host")))
        http_headers_add(out, STR("Host"), STR("localhost"));
    add_cookies(out, session->cookies, spec->cookies, url, now_s);
    if (spec->has_auth || from->has_user)
        set_credentials(out, spec, from);
}

bool exchange_is_redirect(int status, const struct http_headers *headers, struct str *location)
{
    switch (status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return http_headers_get(headers, STR("Location"), location) && location->n > 0;
    default:
        return false;
    }
}

struct str exchange_next_method(int status, struct str method)
{
    bool is_head = str_equal(method, STR("HEAD"));
    if ((status == 303 || status == 302) && !is_head)
        return STR("GET");
    if (status == 301 && str_equal(method, STR("POST")))
        return STR("GET");
    return method;
}

static bool names_host(const struct url *u, const struct http_headers *sent)
{
    struct buf text = BUF_INIT;
    struct str host;
    struct url named;
    if (!http_headers_get(sent, STR("Host"), &host))
        return false;
    buf_add_cstr(&text, "http://");
    buf_add_str(&text, host);
    bool is_it = url_parse(&named, buf_slice(&text), NULL) == 0 && url_same_origin(u, &named);
    buf_release(&text);
    return is_it;
}

/* False: a server that isn't on this machine has no say in what is asked here. */
static bool settle_socket(struct url *u, struct str asked, const struct http_headers *sent)
{
    struct url from;
    bool is_unix = str_starts_nocase(asked, STR("http+unix:"));
    if (is_unix && names_host(u, sent) && url_parse(&from, asked, NULL) == 0) {
        u->is_unix = true;
        u->scheme = from.scheme;
        u->host = from.host;
        u->port = 0;
        u->has_port = false;
    }
    return is_unix || !u->is_unix;
}

int exchange_next_url(struct buf *text, struct url *parts, struct buf *fragment, struct str asked,
                      struct str location, const struct http_headers *sent, struct err *err)
{
    struct buf resolved = BUF_INIT;
    struct url u;
    int rc = -1;

    if (url_resolve(&resolved, asked, location, err) < 0 ||
        url_parse(&u, buf_slice(&resolved), err) < 0)
        goto out;
    if (!settle_socket(&u, asked, sent)) {
        err_set(err, "a server may not lead to a Unix socket");
        goto out;
    }
    exchange_url(text, parts, &u);
    if (u.has_fragment && u.fragment.n > 0) {
        buf_clear(fragment);
        buf_add_str(fragment, u.fragment);
    }
    rc = 0;
out:
    buf_release(&resolved);
    return rc;
}

bool exchange_keeps_credentials(const struct url *from, const struct url *to)
{
    if (url_same_origin(from, to))
        return true;
    return url_same_host(from, to) && !is_https(from) && is_https(to) &&
           from->port == DEFAULT_PORT_HTTP && to->port == DEFAULT_PORT_HTTPS;
}

void exchange_next_headers(struct http_headers *out, const struct http_headers *sent,
                           const struct url *from, const struct url *to, bool keeps_body,
                           const struct cookies *jar, const struct http_headers *own_cookies,
                           double now_s)
{
    http_headers_copy(out, sent);
    http_headers_remove(out, STR("Cookie"));
    if (!keeps_body) {
        http_headers_remove(out, STR("Content-Type"));
        http_headers_remove(out, STR("Content-Encoding"));
        http_headers_remove(out, STR("Content-Language"));
        http_headers_remove(out, STR("Content-Location"));
        http_headers_remove(out, STR("Transfer-Encoding"));
    }
    if (!exchange_keeps_credentials(from, to))
        http_headers_remove(out, STR("Authorization"));
    if (!url_same_host(from, to) || from->port != to->port)
        http_headers_remove(out, STR("Host"));
    if (to->is_unix && !http_headers_has(out, STR("Host")))
        http_headers_add(out, STR("Host"), STR("localhost"));
    add_cookies(out, jar, own_cookies, to, now_s);
}
