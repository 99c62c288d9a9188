/* url -- the parts of a URL, and what can be done with them (RFC 3986). */
// SPDX-License-Identifier: MIT
#include "base/url.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <string.h>

#define SHOWN_BYTES 200 /* of a refused URL */

/* A reference cut at its delimiters and nothing more (RFC 3986, appendix B). */
struct pieces {
    struct str scheme, authority, path, query, fragment;
    bool has_scheme, has_authority, has_query, has_fragment;
};

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_unreserved(char c)
{
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The length of the scheme that the text begins with; 0: none. */
static size_t scheme_length(struct str text)
{
    size_t n = 0;
    while (n < text.n &&
           (is_letter(text.p[n]) || (n > 0 && (is_digit(text.p[n]) || text.p[n] == '+' ||
                                               text.p[n] == '-' || text.p[n] == '.'))))
        n++;
    return n < text.n && text.p[n] == ':' ? n : 0;
}

/* Where the first of `c` is, or the text's length. */
static size_t index_of_any(struct str text, const char *c)
{
    size_t i = 0;
    while (i < text.n && (text.p[i] == '\0' || strchr(c, text.p[i]) == NULL))
        i++;
    return i;
}

static struct pieces cut(struct str text)
{
    struct pieces u = {.scheme = STR_EMPTY, .authority = STR_EMPTY};
    size_t n = scheme_length(text);
    if (n > 0) {
        u.has_scheme = true;
        u.scheme = str_slice(text, 0, n);
        text = str_slice(text, n + 1, text.n);
    }
    if (str_starts(text, STR("//"))) {
        u.has_authority = true;
        text = str_slice(text, 2, text.n);
        n = index_of_any(text, "/?#");
        u.authority = str_slice(text, 0, n);
        text = str_slice(text, n, text.n);
    }
    size_t hash = str_index(text, '#');
    u.has_fragment = hash < text.n;
    u.fragment = str_slice(text, hash + 1, text.n);
    text = str_slice(text, 0, hash);
    size_t mark = str_index(text, '?');
    u.has_query = mark < text.n;
    u.query = str_slice(text, mark + 1, text.n);
    u.path = str_slice(text, 0, mark);
    return u;
}

/* Without credentials: what stands behind the last '@', and in *userinfo what stood before it. */
static struct str cut_userinfo(struct str authority, struct str *userinfo)
{
    size_t at = authority.n;
    while (at > 0 && authority.p[at - 1] != '@')
        at--;
    *userinfo = str_slice(authority, 0, at > 0 ? at - 1 : 0);
    return str_slice(authority, at, authority.n);
}

static int refuse(struct str text, const char *why, struct err *err)
{
    struct buf masked = BUF_INIT, shown = BUF_INIT;
    url_mask(&masked, text);
    text_add_visible(&shown, str_slice(buf_slice(&masked), 0, SHOWN_BYTES), false);
    err_set(err, "%s in '%s%s'", why, buf_cstr(&shown), masked.n > SHOWN_BYTES ? "..." : "");
    buf_release(&shown);
    buf_release(&masked);
    return -1;
}

static bool has_control(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if ((unsigned char)text.p[i] < 0x20 || text.p[i] == 0x7f)
            return true;
    }
    return false;
}

/* An address in brackets, a zone behind it allowed (RFC 6874). */
static bool is_ipv6(struct str host)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    host = str_slice(host, 0, str_index(host, '%'));
    if (host.n == 0 || host.n >= sizeof(address))
        return false;
    memcpy(address, host.p, host.n);
    address[host.n] = '\0';
    return inet_pton(AF_INET6, address, &parsed) == 1;
}

/* A name as people have them, letters beyond ASCII included. */
static bool is_host(struct str host)
{
    return host.n > 0 && index_of_any(host, " \"<>[]\\^`{|}") == host.n &&
           str_index(host, ':') == host.n;
}

/* NULL, or what is wrong. */
static const char *read_port(struct url *u, struct str digits)
{
    uint32_t port = 0;
    if (digits.n == 0)
        return NULL;
    for (size_t i = 0; i < digits.n && port <= UINT16_MAX; i++) {
        if (!is_digit(digits.p[i]))
            return "expected a port from 1 to 65535";
        port = port * 10 + (uint32_t)(digits.p[i] - '0');
    }
    if (port == 0 || port > UINT16_MAX)
        return "expected a port from 1 to 65535";
    u->port = (uint16_t)port;
    u->has_port = true;
    return NULL;
}

/* NULL, or what is wrong. */
static const char *read_authority(struct url *u, struct str authority)
{
    struct str userinfo;
    struct str rest = cut_userinfo(authority, &userinfo);
    u->has_user = rest.n < authority.n;
    u->has_password = str_index(userinfo, ':') < userinfo.n;
    u->password = userinfo;
    u->user = str_cut(&u->password, ':');
    if (str_starts(rest, STR("["))) {
        size_t close = str_index(rest, ']');
        u->host = str_slice(rest, 1, close);
        u->host_is_ipv6 = true;
        rest = str_slice(rest, close, rest.n);
        if (!str_starts(rest, STR("]")) || !is_ipv6(u->host) || (rest.n > 1 && rest.p[1] != ':'))
            return "expected an IPv6 address in brackets as host";
        return read_port(u, str_slice(rest, 2, rest.n));
    }
    u->host = str_cut(&rest, ':');
    const char *why = read_port(u, rest);
    if (why == NULL && u->host.n == 0)
        why = "expected a host";
    if (why == NULL && !is_host(u->host))
        why = "expected a host without blanks, quotes and brackets";
    return why;
}

/* What reads as a host is the path of a socket. NULL, or what is wrong; `why` it is no host. */
static const char *check_socket(const struct url *u, const char *why)
{
    struct buf path = BUF_INIT;
    if (u->host.n == 0 || u->has_port || u->host_is_ipv6)
        return "expected a socket's path with %2F for '/', as in "
               "http+unix://%2Frun%2Fapp.sock/login,";
    if (why != NULL)
        return why;
    url_decode(&path, u->host);
    bool fits = path.n <= URL_SOCKET_PATH_LIMIT, has_nul = memchr(path.p, '\0', path.n) != NULL;
    buf_release(&path);
    if (has_nul)
        return "expected a socket's path without a zero byte";
    return fits ? NULL : "expected a socket's path of at most 107 bytes";
}

int url_parse(struct url *u, struct str text, struct err *err)
{
    *u = (struct url){.port = 0};
    if (text.n > URL_LIMIT)
        return refuse(text, "expected a URL of at most 65536 bytes", err);
    if (has_control(text))
        return refuse(text, "expected a URL without control characters", err);
    struct pieces pieces = cut(text);
    bool is_http = str_equal_nocase(pieces.scheme, STR("http"));
    bool is_https = str_equal_nocase(pieces.scheme, STR("https"));
    u->is_unix = str_equal_nocase(pieces.scheme, STR("http+unix"));
    if (!(is_http || is_https || u->is_unix) || !pieces.has_authority)
        return refuse(text, "expected http://, https:// or http+unix:// at the beginning", err);
    u->scheme = pieces.scheme;
    u->port = is_http ? 80 : is_https ? 443 : 0;
    u->path = pieces.path;
    u->query = pieces.query;
    u->has_query = pieces.has_query;
    u->fragment = pieces.fragment;
    u->has_fragment = pieces.has_fragment;
    const char *why = read_authority(u, pieces.authority);
    if (u->is_unix)
        why = check_socket(u, why);
    return why == NULL ? 0 : refuse(text, why, err);
}

bool url_same_host(const struct url *a, const struct url *b)
{
    if (!a->is_unix || !b->is_unix)
        return a->is_unix == b->is_unix && str_equal_nocase(a->host, b->host);
    struct buf one = BUF_INIT, other = BUF_INIT;
    url_decode(&one, a->host);
    url_decode(&other, b->host);
    bool is_same = str_equal(buf_slice(&one), buf_slice(&other));
    buf_release(&one);
    buf_release(&other);
    return is_same;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return str_equal_nocase(a->scheme, b->scheme) && url_same_host(a, b) && a->port == b->port;
}

/* Adds a path without its "." and ".." segments (RFC 3986 5.2.4). */
static void add_without_dots(struct buf *out, struct str path)
{
    size_t start = out->n;
    while (path.n > 0) {
        // A segment is taken together with the slash before it, if there is one.
        size_t slash = path.p[0] == '/';
        struct str name = str_slice(path, slash, path.n);
        name.n = str_index(name, '/');
        bool is_last = slash + name.n == path.n;
        bool is_up = str_equal(name, STR("..")), is_dot = is_up || str_equal(name, STR("."));
        if (is_up) {
            while (out->n > start && out->p[out->n - 1] != '/')
                buf_truncate(out, out->n - 1);
            if (out->n > start)
                buf_truncate(out, out->n - 1);
        }
        if (!is_dot)
            buf_add(out, path.p, slash + name.n);
        else if (is_last && slash > 0)
            buf_add_char(out, '/');
        path = str_slice(path, slash + name.n, path.n);
        if (is_dot && slash == 0)
            path = str_slice(path, 1, path.n);
    }
}

/* Of a reference that has a scheme but no authority: two slashes that its path begins with, once the
 * dots are gone, would be read as one. */
static void add_lone_path(struct buf *out, struct str path)
{
    struct buf clean = BUF_INIT;
    add_without_dots(&clean, path);
    if (str_starts(buf_slice(&clean), STR("//")))
        buf_add_cstr(out, "/.");
    buf_add_str(out, buf_slice(&clean));
    buf_release(&clean);
}

/* The reference's path, seen from the base's (RFC 3986 5.2.3). */
static void add_merged(struct buf *out, const struct pieces *base, struct str path)
{
    struct buf merged = BUF_INIT;
    if (!str_starts(path, STR("/"))) {
        size_t n = base->path.n;
        while (n > 0 && base->path.p[n - 1] != '/')
            n--;
        buf_add_str(&merged, n == 0 ? STR("/") : str_slice(base->path, 0, n));
    }
    buf_add_str(&merged, path);
    add_without_dots(out, buf_slice(&merged));
    buf_release(&merged);
}

static void add_query(struct buf *out, const struct pieces *u)
{
    if (u->has_query) {
        buf_add_char(out, '?');
        buf_add_str(out, u->query);
    }
}

/* RFC 3986 5.2.2. */
static void add_resolved(struct buf *out, const struct pieces *base, const struct pieces *reference)
{
    struct str userinfo;
    buf_add_str(out, reference->has_scheme ? reference->scheme : base->scheme);
    buf_add_char(out, ':');
    if (reference->has_scheme || reference->has_authority) {
        if (reference->has_authority) {
            buf_add_cstr(out, "//");
            buf_add_str(out, reference->authority);
            add_without_dots(out, reference->path);
        } else {
            add_lone_path(out, reference->path);
        }
        add_query(out, reference);
    } else {
        buf_add_cstr(out, "//");
        buf_add_str(out, cut_userinfo(base->authority, &userinfo));
        if (reference->path.n > 0) {
            add_merged(out, base, reference->path);
            add_query(out, reference);
        } else {
            add_without_dots(out, base->path);
            add_query(out, reference->has_query ? reference : base);
        }
    }
    if (reference->has_fragment) {
        buf_add_char(out, '#');
        buf_add_str(out, reference->fragment);
    }
}

int url_resolve(struct buf *out, struct str base, struct str reference, struct err *err)
{
    struct url checked;
    size_t before = out->n;
    if (url_parse(&checked, base, err) < 0)
        return -1;
    if (has_control(reference))
        return refuse(reference, "expected a URL without control characters", err);
    struct pieces b = cut(base), r = cut(reference);
    add_resolved(out, &b, &r);
    if (out->n - before > URL_LIMIT || out->overflowed) {
        buf_truncate(out, before);
        return refuse(reference, "expected a URL of at most 65536 bytes", err);
    }
    return 0;
}

static void add_percent(struct buf *out, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    char coded[3] = {'%', digits[byte >> 4], digits[byte & 15]};
    buf_add(out, coded, sizeof(coded));
}

static bool is_escape(struct str s, size_t i)
{
    return s.p[i] == '%' && s.n - i > 2 && hex_value(s.p[i + 1]) >= 0 && hex_value(s.p[i + 2]) >= 0;
}

void url_requote(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        bool may_stand = is_unreserved(c) || (c != '\0' && strchr("!$&'()*+,/:;=?@[]", c) != NULL);
        if (may_stand || is_escape(s, i))
            buf_add_char(out, c);
        else
            add_percent(out, c);
    }
}

void url_encode(struct buf *out, struct str text, bool plus_for_space)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (is_unreserved(c))
            buf_add_char(out, c);
        else if (c == ' ' && plus_for_space)
            buf_add_char(out, '+');
        else
            add_percent(out, c);
    }
}

void url_decode(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (is_escape(text, i)) {
            buf_add_char(out, (char)(hex_value(text.p[i + 1]) * 16 + hex_value(text.p[i + 2])));
            i += 2;
        } else {
            buf_add_char(out, text.p[i]);
        }
    }
}

/* Where the credentials' '@' is, or the length: also where a '/', '?' or '#' in the password, which
 * should have been encoded, makes the authority end too early (then its port is no number). */
static size_t userinfo_length(struct str text)
{
    size_t end = index_of_any(text, "/?#");
    struct str userinfo, authority = str_slice(text, 0, end);
    struct str rest = cut_userinfo(authority, &userinfo);
    if (rest.n < authority.n)
        return userinfo.n;
    size_t digits = str_index(authority, ':') + 1;
    while (digits < end && is_digit(text.p[digits]))
        digits++;
    if (digits >= end || text.p[0] == '[')
        return text.n;
    rest = cut_userinfo(text, &userinfo);
    return rest.n < text.n ? userinfo.n : text.n;
}

void url_mask(struct buf *out, struct str text)
{
    size_t scheme = scheme_length(text);
    size_t start = scheme > 0 ? scheme + 1 : 0;
    if (str_starts(str_slice(text, start, text.n), STR("//")))
        start += 2;
    else
        start = 0;
    struct str rest = str_slice(text, start, text.n);
    size_t n = userinfo_length(rest);
    size_t colon = str_index(str_slice(rest, 0, n), ':');
    buf_add_str(out, str_slice(text, 0, start));
    if (n == rest.n) {
        buf_add_str(out, rest);
        return;
    }
    buf_add_str(out, str_slice(rest, 0, colon < n ? colon + 1 : 0));
    buf_add_cstr(out, "***");
    buf_add_str(out, str_slice(rest, n, rest.n));
}
