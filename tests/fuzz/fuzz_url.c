/*
 * fuzz_url -- URLs and references of whatever bytes: the first line is a base, the rest refers to
 * something from there.
 *
 * What must hold: the parts of a URL make it again; what is quoted, masked or resolved once does not
 * change when it is done again; what is sent has no byte that may not stand there; a reference leads
 * to another host or scheme only where it names one, and never takes credentials along.
 *
 * links: base net/idn http/exchange http/cookies http/set_cookie http/headers
 */
// SPDX-License-Identifier: MIT
#include "base/url.h"
#include "http/exchange.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition, text)                                              \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "%s\nof '%.*s'\n", #condition, STR_ARG(text)); \
            abort();                                                       \
        }                                                                  \
    } while (0)

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return true;
    }
    return false;
}

/* --- what a script gives ----------------------------------------------------------------------- */

static void try_quoting(struct str text)
{
    struct buf once = BUF_INIT, twice = BUF_INIT, decoded = BUF_INIT, plain = BUF_INIT;
    url_requote(&once, text);
    url_requote(&twice, buf_slice(&once));
    MUST(str_equal(buf_slice(&once), buf_slice(&twice)), text);
    for (size_t i = 0; i < once.n; i++)
        MUST(once.p[i] > ' ' && once.p[i] < 0x7f, text);
    url_decode(&decoded, buf_slice(&once));
    url_decode(&plain, text);
    MUST(str_equal(buf_slice(&decoded), buf_slice(&plain)), text);
    for (int plus = 0; plus < 2; plus++) {
        buf_clear(&once);
        buf_clear(&decoded);
        url_encode(&once, text, plus);
        for (size_t i = 0; i < once.n; i++)
            once.p[i] = once.p[i] == '+' ? ' ' : once.p[i];
        url_decode(&decoded, buf_slice(&once));
        MUST(str_equal(buf_slice(&decoded), text), text);
    }
    buf_release(&once);
    buf_release(&twice);
    buf_release(&decoded);
    buf_release(&plain);
}

/* The text that the parts come from, but for an empty port and zeros before it. */
static void compose(struct buf *out, const struct url *u)
{
    buf_add_str(out, u->scheme);
    buf_add_cstr(out, "://");
    if (u->has_user) {
        buf_add_str(out, u->user);
        if (u->has_password)
            buf_add_char(out, ':');
        buf_add_str(out, u->password);
        buf_add_char(out, '@');
    }
    buf_addf(out, u->host_is_ipv6 ? "[%.*s]" : "%.*s", STR_ARG(u->host));
    if (u->has_port)
        buf_addf(out, ":%d", u->port);
    buf_add_str(out, u->path);
    if (u->has_query)
        buf_addf(out, "?%.*s", STR_ARG(u->query));
    if (u->has_fragment)
        buf_addf(out, "#%.*s", STR_ARG(u->fragment));
}

static bool is_same_url(const struct url *a, const struct url *b)
{
    return str_equal(a->scheme, b->scheme) && str_equal(a->user, b->user) &&
           str_equal(a->password, b->password) && a->has_user == b->has_user &&
           a->has_password == b->has_password && str_equal(a->host, b->host) &&
           a->host_is_ipv6 == b->host_is_ipv6 && a->is_unix == b->is_unix && a->port == b->port &&
           a->has_port == b->has_port && str_equal(a->path, b->path) &&
           str_equal(a->query, b->query) && a->has_query == b->has_query &&
           str_equal(a->fragment, b->fragment) && a->has_fragment == b->has_fragment;
}

static void check_parts(struct str text, const struct url *u)
{
    struct buf composed = BUF_INIT;
    struct url again;
    compose(&composed, u);
    MUST(url_parse(&again, buf_slice(&composed), NULL) == 0, text);
    MUST(is_same_url(u, &again), text);
    MUST(composed.n <= text.n, text);
    MUST(u->path.n == 0 || u->path.p[0] == '/', text);
    MUST(u->host.n > 0 && !has_control(text), text);
    MUST(url_same_origin(u, &again) && url_same_host(u, &again), text);
    buf_release(&composed);
}

/* A password, or a user that stands there alone, is shown as three stars, and nothing else is. */
static void check_mask(struct str text, const struct url *u)
{
    struct buf once = BUF_INIT, twice = BUF_INIT, expected = BUF_INIT;
    url_mask(&once, text);
    url_mask(&twice, buf_slice(&once));
    MUST(str_equal(buf_slice(&once), buf_slice(&twice)), text);
    if (u != NULL && u->has_user) {
        const char *behind = u->host.p - 1 - u->host_is_ipv6; // the '@'
        size_t secret = u->has_password ? u->password.n : u->user.n;
        buf_add(&expected, text.p, (size_t)(behind - text.p) - secret);
        buf_add_cstr(&expected, "***");
        buf_add(&expected, behind, (size_t)(text.p + text.n - behind));
        MUST(str_equal(buf_slice(&once), buf_slice(&expected)), text);
    } else if (u != NULL) {
        MUST(str_equal(buf_slice(&once), text), text);
    }
    buf_release(&once);
    buf_release(&twice);
    buf_release(&expected);
}

/* As it is sent: nothing of it changes any more. */
static void check_sent(struct str text, const struct url *u)
{
    struct buf sent = BUF_INIT, again = BUF_INIT;
    struct url parts, read, parts_again;
    exchange_url(&sent, &parts, u);
    struct str url = buf_slice(&sent);
    // A name that has no form in ASCII goes as it is, and is refused later.
    bool is_ascii = true;
    for (size_t i = 0; i < url.n; i++)
        is_ascii = is_ascii && (unsigned char)url.p[i] > ' ' && (unsigned char)url.p[i] < 0x7f;
    if (is_ascii) {
        MUST(url_parse(&read, url, NULL) == 0, text);
        MUST(is_same_url(&parts, &read), text);
        MUST(!read.has_user && !read.has_fragment && read.path.n > 0, text);
        exchange_url(&again, &parts_again, &read);
        MUST(str_equal(url, buf_slice(&again)), text);
    }
    MUST(!has_control(url), text);
    buf_release(&sent);
    buf_release(&again);
}

static bool try_parsing(struct str text, struct url *u)
{
    struct err err = ERR_INIT;
    bool is_good = url_parse(u, text, &err) == 0;
    MUST(is_good != err_is_set(&err), text);
    MUST(!has_control(str_of(err.text)), text);
    check_mask(text, is_good ? u : NULL);
    if (is_good) {
        check_parts(text, u);
        check_sent(text, u);
    }
    return is_good;
}

/* --- what a server gives ----------------------------------------------------------------------- */

/* "//" with or without a scheme before it. */
static bool names_host(struct str reference)
{
    size_t colon = str_index(reference, ':');
    struct str behind = str_slice(reference, colon + 1, reference.n);
    return str_starts(reference, STR("//")) ||
           (colon < reference.n && str_starts(behind, STR("//")));
}

static bool has_dot_segments(struct str path)
{
    while (path.n > 0) {
        struct str segment = str_cut(&path, '/');
        if (str_equal(segment, STR(".")) || str_equal(segment, STR("..")))
            return true;
    }
    return false;
}

static void try_resolving(struct str base, const struct url *from, struct str reference)
{
    struct buf once = BUF_INIT, twice = BUF_INIT;
    struct url to;
    buf_add_cstr(&once, "kept");
    if (url_resolve(&once, base, reference, NULL) < 0) {
        MUST(str_equal(buf_slice(&once), STR("kept")), reference);
        buf_release(&once);
        return;
    }
    struct str url = str_slice(buf_slice(&once), 4, once.n);
    if (url_parse(&to, url, NULL) == 0) {
        MUST(!has_dot_segments(to.path), reference);
        MUST(names_host(reference) || (url_same_origin(from, &to) && !to.has_user), reference);
        MUST(!to.has_user || str_contains(reference, STR("@")), reference);
        MUST(url_resolve(&twice, base, url, NULL) == 0, reference);
        MUST(str_equal(url, buf_slice(&twice)), reference);
    }
    buf_release(&once);
    buf_release(&twice);
}

static void try_following(struct str base, const struct url *from, struct str location)
{
    struct buf asked = BUF_INIT, text = BUF_INIT, fragment = BUF_INIT;
    struct http_headers sent = {.n = 0};
    struct url parts, to;
    if (from->is_unix)
        http_headers_add(&sent, STR("Host"), STR("localhost"));
    exchange_url(&asked, &parts, from);
    if (exchange_next_url(&text, &to, &fragment, buf_slice(&asked), location, &sent, NULL) == 0) {
        MUST(!to.has_user && !to.has_fragment && to.path.n > 0, location);
        MUST(!to.is_unix || from->is_unix, location);
        MUST(!exchange_keeps_credentials(from, &to) || url_same_host(&parts, &to), base);
        MUST(!has_control(buf_slice(&text)), location);
    }
    http_headers_release(&sent);
    buf_release(&asked);
    buf_release(&text);
    buf_release(&fragment);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str reference = str_make((const char *)data, size), base = str_cut(&reference, '\n');
    struct url from, to;
    bool is_base = try_parsing(base, &from);
    try_parsing(reference, &to);
    try_quoting(reference);
    if (is_base) {
        try_resolving(base, &from, reference);
        try_following(base, &from, reference);
    }
    return 0;
}
