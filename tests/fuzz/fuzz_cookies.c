/*
 * fuzz_cookies -- Set-Cookie headers of whatever bytes: the first line is the URL that answered, each
 * further one a header of an answer.
 *
 * What must hold: the jar keeps within its limits; what it sends has no control character, goes to no
 * stranger, and over http there is nothing of it that only https may see; the same answer twice
 * changes nothing; a date reads as the calendar has it.
 *
 * links: base http/cookies http/set_cookie http/headers
 */
// SPDX-License-Identifier: MIT
#include "base/url.h"
#include "http/cookies.h"
#include "http/set_cookie.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NOW_S 1700000000.0
#define MUST(condition, text)                                              \
    do {                                                                   \
        if (!(condition)) {                                                \
            fprintf(stderr, "%s\nof '%.*s'\n", #condition, STR_ARG(text)); \
            abort();                                                       \
        }                                                                  \
    } while (0)

static struct url parsed(const char *text)
{
    struct url u;
    if (url_parse(&u, str_of(text), NULL) < 0)
        abort();
    return u;
}

static bool has_control(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

/* --- one header -------------------------------------------------------------------------------- */

static void check_date(struct str text)
{
    double at_s, again_s;
    char shown[64];
    struct tm tm;
    if (!set_cookie_parse_date(text, &at_s))
        return;
    time_t at = (time_t)at_s;
    MUST(at_s == (double)at && gmtime_r(&at, &tm) != NULL, text);
    MUST(tm.tm_year + 1900 >= 1601 && tm.tm_year + 1900 <= 9999, text);
    strftime(shown, sizeof shown, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    MUST(set_cookie_parse_date(str_of(shown), &again_s) && again_s == at_s, text);
}

static bool is_inside(struct str part, struct str text)
{
    return part.n == 0 || (part.p >= text.p && part.p + part.n <= text.p + text.n);
}

static void check_header(struct str text)
{
    struct set_cookie c;
    if (!set_cookie_parse(text, NOW_S, &c))
        return;
    MUST(!has_control(text), text);
    MUST(is_inside(c.name, text) && is_inside(c.value, text), text);
    MUST(is_inside(c.domain, text) && is_inside(c.path, text), text);
    MUST(c.name.n + c.value.n > 0 && c.name.n + c.value.n <= SET_COOKIE_LIMIT, text);
    MUST(c.domain.n <= SET_COOKIE_VALUE_LIMIT && c.path.n <= SET_COOKIE_VALUE_LIMIT, text);
    MUST(!str_contains(c.name, STR(";")) && !str_contains(c.name, STR("=")), text);
    MUST(!str_contains(c.value, STR(";")), text);
    MUST(!isnan(c.expires_s), text);
    MUST(isinf(c.expires_s) || c.expires_s <= NOW_S + SET_COOKIE_AGE_LIMIT_DAYS * 86400.0, text);
}

/* --- the jar ----------------------------------------------------------------------------------- */

static size_t count(const struct cookies *jar)
{
    size_t n = 0, at = 0;
    struct str name, value;
    while (cookies_next(jar, &at, &name, &value, NOW_S)) {
        if (name.n + value.n > SET_COOKIE_LIMIT || has_control(name) || has_control(value))
            abort();
        n++;
    }
    return n;
}

static struct buf sent(const struct cookies *jar, const struct url *url)
{
    struct buf out = BUF_INIT;
    cookies_send(jar, url, &out, NOW_S);
    MUST(!has_control(buf_slice(&out)), buf_slice(&out));
    return out;
}

static size_t count_pairs(const struct buf *header)
{
    struct str rest = buf_slice(header);
    size_t n = rest.n > 0;
    while (rest.n > 0) {
        struct str pair = str_cut(&rest, ';');
        n += pair.n > 0 && rest.n > 0 && rest.p[0] == ' ';
    }
    return n;
}

static void receive(struct cookies *jar, const struct url *url, struct str header, bool is_checked)
{
    struct set_cookie c;
    bool was_kept = cookies_receive(jar, url, header, NOW_S);
    if (!is_checked)
        return;
    struct buf before = sent(jar, url);
    size_t n = count(jar);
    bool is_http = str_equal_nocase(url->scheme, STR("http"));
    MUST(n <= COOKIES_LIMIT, header);
    if (was_kept) {
        MUST(set_cookie_parse(header, NOW_S, &c), header);
        MUST(!(c.is_secure && is_http), header);
        MUST(!(is_http && str_starts_nocase(c.name, STR("__Host-"))), header);
        MUST(!(is_http && str_starts_nocase(c.name, STR("__Secure-"))), header);
    }
    MUST(cookies_receive(jar, url, header, NOW_S) == was_kept && count(jar) == n, header);
    struct buf after = sent(jar, url);
    MUST(str_equal(buf_slice(&before), buf_slice(&after)), header);
    buf_release(&before);
    buf_release(&after);
}

/* Over http no more than over https; to another site nothing; later less. */
static void check_sending(const struct cookies *jar, const struct url *url)
{
    struct url plain = *url, stranger = parsed("https://unrelated.test/");
    plain.scheme = STR("http");
    struct url safe = plain;
    safe.scheme = STR("https");
    struct buf over_http = sent(jar, &plain), over_https = sent(jar, &safe);
    struct buf elsewhere = sent(jar, &stranger);
    MUST(over_http.n <= over_https.n, buf_slice(&over_https));
    MUST(count_pairs(&over_http) <= count_pairs(&over_https), buf_slice(&over_https));
    if (!str_ends(url->host, STR("t")) && !str_ends(url->host, STR("T")))
        MUST(elsewhere.n == 0, buf_slice(&elsewhere));
    buf_release(&over_http);
    buf_release(&over_https);
    buf_release(&elsewhere);
    buf_clear(&over_http);
    cookies_send(jar, url, &over_http, NOW_S + 500 * 86400.0);
    cookies_send(jar, url, &over_http, INFINITY);
    buf_release(&over_http);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_make((const char *)data, size), first = str_cut(&rest, '\n');
    struct url url;
    if (url_parse(&url, first, NULL) < 0)
        url = parsed("https://www.example.com/a/b?c");
    struct cookies *jar = cookies_new();
    for (int i = 0; rest.n > 0 && i < 2 * COOKIES_LIMIT; i++) {
        struct str header = str_cut(&rest, '\n');
        check_date(header);
        check_header(header);
        receive(jar, &url, header, i < 16 || i % 64 == 0 || rest.n == 0);
    }
    check_sending(jar, &url);
    cookies_free(jar);
    return 0;
}
