/*
 * cookies -- one user's jar (RFC 6265bis).
 *
 * A jar holds few cookies, so it is an array in the order of creation, searched from its beginning.
 * Set-Cookie headers are read by http/set_cookie; here it is decided what may be kept, replaced and
 * sent.
 */
// SPDX-License-Identifier: MIT
#include "http/cookies.h"

#include "base/mem.h"
#include "http/set_cookie.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cookie {
    char *text; /* name, value, domain, path, one behind the other */
    struct str name, value, domain, path;
    double expires_s;  /* INFINITY: with the session */
    bool is_secure;    /* over https alone */
    bool is_host_only; /* the domain itself, not those below it */
    bool is_unix;      /* the domain is the path of a socket */
};

struct cookies {
    struct cookie *all; /* the oldest first */
    size_t n, capacity;
};

struct cookies *cookies_new(void)
{
    return xcalloc(1, sizeof(struct cookies));
}

void cookies_clear(struct cookies *c)
{
    for (size_t i = 0; i < c->n; i++)
        free(c->all[i].text);
    c->n = 0;
}

void cookies_free(struct cookies *c)
{
    if (c == NULL)
        return;
    cookies_clear(c);
    free(c->all);
    free(c);
}

static void remove_at(struct cookies *c, size_t i)
{
    free(c->all[i].text);
    memmove(&c->all[i], &c->all[i + 1], (c->n - i - 1) * sizeof *c->all);
    c->n--;
}

static struct str keep(char **at, struct str s)
{
    char *p = *at;
    if (s.n > 0)
        memcpy(p, s.p, s.n);
    *at += s.n;
    return str_make(p, s.n);
}

/* Fills `cookie` with copies of its texts. */
static void own(struct cookie *cookie)
{
    size_t n = cookie->name.n + cookie->value.n + cookie->domain.n + cookie->path.n;
    cookie->text = xmalloc(n + 1);
    char *at = cookie->text;
    cookie->name = keep(&at, cookie->name);
    cookie->value = keep(&at, cookie->value);
    cookie->domain = keep(&at, cookie->domain);
    cookie->path = keep(&at, cookie->path);
}

static bool is_expired(const struct cookie *cookie, double now_s)
{
    return cookie->expires_s <= now_s;
}

static bool have_same_domain(const struct cookie *a, const struct cookie *b)
{
    return a->is_unix == b->is_unix &&
           (a->is_unix ? str_equal(a->domain, b->domain) : str_equal_nocase(a->domain, b->domain));
}

/* Whether one more of that domain has its place; those of a script that go to all hosts have none. */
static bool has_room(const struct cookies *c, const struct cookie *fresh)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        n += have_same_domain(&c->all[i], fresh);
    return n < COOKIES_DOMAIN_LIMIT || fresh->domain.n == 0;
}

static void remove_oldest_like(struct cookies *c, const struct cookie *fresh)
{
    size_t i = 0;
    while (!have_same_domain(&c->all[i], fresh))
        i++;
    remove_at(c, i);
}

/* RFC 6265bis 5.7: first what has expired leaves, then the domain's oldest, then the oldest of all. */
static void make_room(struct cookies *c, const struct cookie *fresh, double now_s)
{
    bool is_full = c->n >= COOKIES_LIMIT || !has_room(c, fresh);
    for (size_t i = c->n; is_full && i > 0; i--) {
        if (!is_expired(&c->all[i - 1], now_s))
            continue;
        remove_at(c, i - 1);
        is_full = c->n >= COOKIES_LIMIT || !has_room(c, fresh);
    }
    if (!has_room(c, fresh))
        remove_oldest_like(c, fresh);
    if (c->n >= COOKIES_LIMIT)
        remove_at(c, 0);
    if (c->n == c->capacity) {
        c->capacity = c->capacity == 0 ? 4 : c->capacity * 2;
        c->all = xreallocarray(c->all, c->capacity, sizeof *c->all);
    }
}

/* Copies the texts. One of the same name, domain and path is replaced, and keeps its age (RFC 6265
 * 5.3, 11). */
static void store(struct cookies *c, struct cookie fresh, double now_s)
{
    own(&fresh);
    for (size_t i = 0; i < c->n; i++) {
        struct cookie *old = &c->all[i];
        if (str_equal(old->name, fresh.name) && have_same_domain(old, &fresh) &&
            old->is_host_only == fresh.is_host_only && str_equal(old->path, fresh.path)) {
            free(old->text);
            *old = fresh;
            if (is_expired(old, now_s))
                remove_at(c, i);
            return;
        }
    }
    if (is_expired(&fresh, now_s)) {
        free(fresh.text);
        return;
    }
    make_room(c, &fresh, now_s);
    c->all[c->n++] = fresh;
}

static bool is_address(const struct url *url)
{
    if (url->host_is_ipv6)
        return true;
    for (size_t i = 0; i < url->host.n; i++) {
        if (url->host.p[i] != '.' && (url->host.p[i] < '0' || url->host.p[i] > '9'))
            return false;
    }
    return true;
}

/* A socket's path is a host like any other; in it the case of letters counts. */
static bool is_host(const struct url *url, struct str domain)
{
    return url->is_unix ? str_equal(url->host, domain) : str_equal_nocase(url->host, domain);
}

/* RFC 6265 5.1.3. */
static bool domain_matches(const struct url *url, struct str domain)
{
    struct str host = url->host;
    if (is_host(url, domain))
        return true;
    if (url->is_unix || host.n <= domain.n || host.p[host.n - domain.n - 1] != '.' ||
        is_address(url))
        return false;
    return str_equal_nocase(str_slice(host, host.n - domain.n, host.n), domain);
}

/* RFC 6265 5.1.4. */
static bool path_matches(struct str request, struct str path)
{
    if (request.n == 0)
        request = STR("/");
    if (!str_starts(request, path))
        return false;
    return request.n == path.n || str_ends(path, STR("/")) || request.p[path.n] == '/';
}

static struct str default_path(const struct url *url)
{
    size_t n = url->path.n;
    while (n > 0 && url->path.p[n - 1] != '/')
        n--;
    return n <= 1 ? STR("/") : str_slice(url->path, 0, n - 1);
}

static bool is_https(const struct url *url)
{
    return str_equal_nocase(url->scheme, STR("https"));
}

/* The domain that it is kept for; false: the answer may not set it for that one. */
static bool settle_domain(struct cookie *cookie, const struct url *url, struct str wanted)
{
    cookie->domain = url->host;
    cookie->is_host_only = true;
    if (wanted.n == 0)
        return true;
    if (url->is_unix)
        return str_equal_nocase(wanted, STR("localhost")); // as Host says
    bool is_single_label = !str_contains(wanted, STR("."));
    if (is_single_label || is_address(url))
        return str_equal_nocase(wanted, url->host);
    if (!domain_matches(url, wanted))
        return false;
    cookie->domain = wanted;
    cookie->is_host_only = false;
    return true;
}

static bool prefix_allows(const struct cookie *cookie, bool has_root_path)
{
    if (cookie->name.n == 0 && (str_starts_nocase(cookie->value, STR("__Secure-")) ||
                                str_starts_nocase(cookie->value, STR("__Host-"))))
        return false;
    if (str_starts_nocase(cookie->name, STR("__Secure-")))
        return cookie->is_secure;
    if (str_starts_nocase(cookie->name, STR("__Host-")))
        return cookie->is_secure && cookie->is_host_only && has_root_path;
    return true;
}

/* RFC 6265bis 5.7, 15: an answer over http may not cover a secure cookie. */
static bool covers_secure(const struct cookies *c, const struct cookie *fresh,
                          const struct url *url)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct cookie *old = &c->all[i];
        if (old->is_secure && str_equal(old->name, fresh->name) &&
            domain_matches(url, old->domain) && path_matches(fresh->path, old->path))
            return true;
    }
    return false;
}

bool cookies_receive(struct cookies *c, const struct url *url, struct str set_cookie, double now_s)
{
    struct set_cookie parsed;
    if (!set_cookie_parse(set_cookie, now_s, &parsed))
        return false;
    struct cookie fresh = {.name = parsed.name,
                           .value = parsed.value,
                           .path =
                               str_starts(parsed.path, STR("/")) ? parsed.path : default_path(url),
                           .expires_s = parsed.expires_s,
                           .is_secure = parsed.is_secure,
                           .is_unix = url->is_unix};
    if (fresh.path.n > SET_COOKIE_VALUE_LIMIT || !settle_domain(&fresh, url, parsed.domain))
        return false;
    if (fresh.is_secure && !is_https(url))
        return false;
    if (!prefix_allows(&fresh, str_equal(parsed.path, STR("/"))))
        return false;
    if (!is_https(url) && covers_secure(c, &fresh, url))
        return false;
    store(c, fresh, now_s);
    return true;
}

void cookies_set(struct cookies *c, struct str name, struct str value, struct str domain,
                 struct str path)
{
    if (str_starts(domain, STR(".")))
        domain = str_slice(domain, 1, domain.n);
    struct cookie fresh = {.name = name,
                           .value = value,
                           .domain = domain,
                           .path = path.n > 0 ? path : STR("/"),
                           .expires_s = INFINITY};
    store(c, fresh, 0);
}

void cookies_remove(struct cookies *c, struct str name)
{
    for (size_t i = c->n; i > 0; i--) {
        if (str_equal(c->all[i - 1].name, name))
            remove_at(c, i - 1);
    }
}

static bool is_for(const struct cookie *cookie, const struct url *url, double now_s)
{
    if (is_expired(cookie, now_s) || (cookie->is_secure && !is_https(url)))
        return false;
    if (cookie->is_host_only ? !is_host(url, cookie->domain)
                             : cookie->domain.n > 0 && !domain_matches(url, cookie->domain))
        return false;
    return path_matches(url->path, cookie->path);
}

static void add_pair(struct buf *out, struct str name, struct str value, bool is_first)
{
    if (!is_first)
        buf_add(out, "; ", 2);
    if (name.n > 0) {
        buf_add_str(out, name);
        buf_add_char(out, '=');
    }
    buf_add_str(out, value);
}

static bool is_own(const struct http_headers *own_cookies, struct str name)
{
    for (size_t i = 0; own_cookies != NULL && i < own_cookies->n; i++) {
        if (str_equal(http_headers_name(own_cookies, i), name))
            return true;
    }
    return false;
}

void cookies_send_with(const struct cookies *c, const struct http_headers *own_cookies,
                       const struct url *url, struct buf *out, double now_s)
{
    bool is_first = true;
    for (size_t i = 0; own_cookies != NULL && i < own_cookies->n; i++, is_first = false)
        add_pair(out, http_headers_name(own_cookies, i), http_headers_value(own_cookies, i),
                 is_first);
    if (c == NULL)
        return;
    // Longest paths first: one pass for each length that occurs, in a jar that is small.
    size_t length = SIZE_MAX;
    for (;;) {
        size_t next = 0;
        for (size_t i = 0; i < c->n; i++) {
            const struct cookie *cookie = &c->all[i];
            if (cookie->path.n < length && cookie->path.n > next)
                next = cookie->path.n;
        }
        if (next == 0)
            return;
        length = next;
        for (size_t i = 0; i < c->n; i++) {
            const struct cookie *cookie = &c->all[i];
            if (cookie->path.n != length || !is_for(cookie, url, now_s) ||
                is_own(own_cookies, cookie->name))
                continue;
            add_pair(out, cookie->name, cookie->value, is_first);
            is_first = false;
        }
    }
}

void cookies_send(const struct cookies *c, const struct url *url, struct buf *out, double now_s)
{
    cookies_send_with(c, NULL, url, out, now_s);
}

bool cookies_get(const struct cookies *c, struct str name, struct str *value, double now_s)
{
    for (size_t i = 0; i < c->n; i++) {
        if (str_equal(c->all[i].name, name) && !is_expired(&c->all[i], now_s)) {
            *value = c->all[i].value;
            return true;
        }
    }
    return false;
}

bool cookies_next(const struct cookies *c, size_t *at, struct str *name, struct str *value,
                  double now_s)
{
    while (*at < c->n && is_expired(&c->all[*at], now_s))
        (*at)++;
    if (*at >= c->n)
        return false;
    *name = c->all[*at].name;
    *value = c->all[*at].value;
    (*at)++;
    return true;
}
