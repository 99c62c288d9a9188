/* test_cookies -- what a jar keeps, replaces and sends (RFC 6265bis). */
// SPDX-License-Identifier: MIT
#include "http/cookies.h"

#include "base/mem.h"

#include "../check.h"

#define NOW 1700000000.0

static bool receive(struct cookies *c, const char *url, const char *set_cookie)
{
    struct url u;
    struct err err = ERR_INIT;
    return url_parse(&u, str_of(url), &err) == 0 && cookies_receive(c, &u, str_of(set_cookie), NOW);
}

static const char *sent_at(const struct cookies *c, const char *url, double now_s)
{
    static char text[1024];
    struct url u;
    struct err err = ERR_INIT;
    struct buf out = BUF_INIT;
    if (url_parse(&u, str_of(url), &err) < 0)
        return "not a URL";
    cookies_send(c, &u, &out, now_s);
    snprintf(text, sizeof(text), "%s", buf_cstr(&out));
    buf_release(&out);
    return text;
}

static const char *sent(const struct cookies *c, const char *url)
{
    return sent_at(c, url, NOW);
}

/* Whether one that `from` sets is kept, and then sent to `to`. */
struct step {
    const char *from, *set_cookie;
    bool is_kept;
    const char *to, *sent;
};

TEST(domains_paths_and_schemes)
{
    static const struct step steps[] = {
        // host-only
        {"http://a.example.com/", "x=1", true, "http://a.example.com/", "x=1"},
        {"http://a.example.com/", "x=1", true, "http://A.Example.COM:8080/", "x=1"},
        {"http://a.example.com/", "x=1", true, "http://b.a.example.com/", ""},
        {"http://a.example.com/", "x=1; domain=", true, "http://b.a.example.com/", ""},
        // domains
        {"http://a.example.com/", "x=1; domain=example.com", true, "http://b.example.com/", "x=1"},
        {"http://a.example.com/", "x=1; domain=.Example.com", true, "http://example.com/", "x=1"},
        {"http://a.example.com/", "x=1; domain=example.com", true, "http://badexample.com/", ""},
        {"http://a.example.com/", "x=1; domain=b.example.com", false, NULL, NULL},
        {"http://a.example.com/", "x=1; domain=ample.com", false, NULL, NULL},
        {"http://example.com/", "x=1; domain=a.example.com", false, NULL, NULL},
        {"http://example.com/", "x=1; domain=com", false, NULL, NULL},
        {"http://localhost/", "x=1; domain=localhost", true, "http://localhost:81/", "x=1"},
        {"http://localhost/", "x=1; domain=localhost", true, "http://a.localhost/", ""},
        // addresses
        {"http://127.0.0.1/", "x=1", true, "http://127.0.0.1:99/", "x=1"},
        {"http://127.0.0.1/", "x=1; domain=127.0.0.1", true, "http://127.0.0.1/", "x=1"},
        {"http://127.0.0.1/", "x=1; domain=0.0.1", false, NULL, NULL},
        {"http://127.0.0.1/", "x=1; domain=0.1", false, NULL, NULL},
        {"http://[::1]/", "x=1", true, "http://[::1]:80/", "x=1"},
        // paths
        {"http://h.org/a/b", "x=1", true, "http://h.org/a", "x=1"},
        {"http://h.org/a/b", "x=1", true, "http://h.org/a/c?q", "x=1"},
        {"http://h.org/a/b", "x=1", true, "http://h.org/ab", ""},
        {"http://h.org/a/b", "x=1", true, "http://h.org/", ""},
        {"http://h.org/a", "x=1", true, "http://h.org/", "x=1"},
        {"http://h.org", "x=1", true, "http://h.org", "x=1"},
        {"http://h.org/", "x=1; path=/p/", true, "http://h.org/p", ""},
        {"http://h.org/", "x=1; path=/p/", true, "http://h.org/p/q", "x=1"},
        {"http://h.org/a/", "x=1; path=relative", true, "http://h.org/a/b", "x=1"},
        // secure
        {"https://h.org/", "x=1; secure", true, "https://h.org/", "x=1"},
        {"https://h.org/", "x=1; secure", true, "http://h.org/", ""},
        {"http://h.org/", "x=1; secure", false, NULL, NULL},
        // prefixes
        {"https://h.org/", "__Secure-x=1; secure", true, "https://h.org/", "__Secure-x=1"},
        {"https://h.org/", "__Secure-x=1", false, NULL, NULL},
        {"https://h.org/", "__secure-x=1", false, NULL, NULL},
        {"https://h.org/", "__Host-x=1; secure; path=/", true, "https://h.org/", "__Host-x=1"},
        {"https://h.org/", "__Host-x=1; secure", false, NULL, NULL},
        {"https://h.org/", "__Host-x=1; path=/", false, NULL, NULL},
        {"https://h.org/", "__Host-x=1; secure; path=/; domain=h.org", false, NULL, NULL},
        {"https://h.org/", "=__Host-x=1; secure; path=/", false, NULL, NULL},
        // without a name
        {"http://h.org/", "bare", true, "http://h.org/", "bare"},
        // expired at once
        {"http://h.org/", "x=1; max-age=0", true, "http://h.org/", ""},
    };
    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        const struct step *s = &steps[i];
        struct cookies *c = cookies_new();
        bool kept = receive(c, s->from, s->set_cookie);
        bool right = kept == s->is_kept && (!kept || strcmp(sent(c, s->to), s->sent) == 0);
        cookies_free(c);
        if (!right)
            CHECK_FAIL("'%s' from %s: not as it should be", s->set_cookie, s->from);
    }
}

TEST(longer_paths_first_then_the_older)
{
    struct cookies *c = cookies_new();
    receive(c, "http://h.org/", "a=1");
    receive(c, "http://h.org/", "b=2; path=/x");
    receive(c, "http://h.org/", "c=3");
    receive(c, "http://h.org/", "d=4; path=/x/y");
    CHECK_TEXT(sent(c, "http://h.org/x/y/z"), "d=4; b=2; a=1; c=3");
    receive(c, "http://h.org/", "a=new"); // keeps its age
    CHECK_TEXT(sent(c, "http://h.org/"), "a=new; c=3");
    cookies_free(c);
}

TEST(replaces_what_has_the_same_name_domain_and_path)
{
    struct cookies *c = cookies_new();
    receive(c, "http://h.org/", "a=1");
    receive(c, "http://h.org/", "a=2; path=/p");
    receive(c, "http://h.org/", "a=3; domain=h.org");
    CHECK_TEXT(sent(c, "http://h.org/p"), "a=2; a=1; a=3");
    receive(c, "http://h.org/", "a=4");
    CHECK_TEXT(sent(c, "http://h.org/p"), "a=2; a=4; a=3");
    receive(c, "http://h.org/", "a=; max-age=0");
    CHECK_TEXT(sent(c, "http://h.org/p"), "a=2; a=3");
    cookies_free(c);
}

TEST(plain_http_covers_no_secure_cookie)
{
    struct cookies *c = cookies_new();
    CHECK(receive(c, "https://h.org/", "a=1; secure"));
    CHECK(!receive(c, "http://h.org/", "a=2"));
    CHECK(!receive(c, "http://h.org/p/q", "a=2"));
    CHECK(receive(c, "http://h.org/", "b=2"));
    CHECK(receive(c, "https://h.org/", "a=3"));
    cookies_free(c);
}

TEST(expires)
{
    struct cookies *c = cookies_new();
    receive(c, "http://h.org/", "a=1; max-age=10");
    receive(c, "http://h.org/", "b=2");
    CHECK_TEXT(sent_at(c, "http://h.org/", NOW + 9), "a=1; b=2");
    CHECK_TEXT(sent_at(c, "http://h.org/", NOW + 10), "b=2");
    struct str value;
    CHECK(cookies_get(c, STR("a"), &value, NOW));
    CHECK_STR(value, "1");
    CHECK(!cookies_get(c, STR("a"), &value, NOW + 11));
    size_t at = 0, n = 0;
    struct str name;
    while (cookies_next(c, &at, &name, &value, NOW + 11))
        n++;
    CHECK_INT(n, 1);
    CHECK_STR(name, "b");
    cookies_free(c);
}

TEST(those_of_scripts)
{
    struct cookies *c = cookies_new();
    cookies_set(c, STR("a"), STR("1"), STR(""), STR(""));
    cookies_set(c, STR("b"), STR("2"), STR(".h.org"), STR("/p"));
    CHECK_TEXT(sent(c, "http://anywhere.net/p"), "a=1");
    CHECK_TEXT(sent(c, "http://www.h.org/p"), "b=2; a=1");
    CHECK_TEXT(sent(c, "http://h.org/q"), "a=1");
    cookies_set(c, STR("a"), STR("3"), STR(""), STR("/"));
    CHECK_TEXT(sent(c, "http://h.org/q"), "a=3");
    cookies_remove(c, STR("a"));
    CHECK_TEXT(sent(c, "http://h.org/q"), "");
    cookies_clear(c);
    CHECK_TEXT(sent(c, "http://h.org/p"), "");
    cookies_set(c, STR("a"), STR("4"), STR(""), STR(""));
    CHECK_TEXT(sent(c, "http://h.org/p"), "a=4");
    cookies_free(c);
}

TEST(a_requests_own_come_first_and_cover)
{
    struct cookies *c = cookies_new();
    struct http_headers own = {.n = 0};
    struct buf out = BUF_INIT;
    struct url u;
    struct err err = ERR_INIT;
    receive(c, "http://h.org/", "a=1");
    receive(c, "http://h.org/", "b=2");
    http_headers_add(&own, STR("b"), STR("mine"));
    http_headers_add(&own, STR("z"), STR("9"));
    CHECK_INT(url_parse(&u, STR("http://h.org/"), &err), 0);
    cookies_send_with(c, &own, &u, &out, NOW);
    CHECK_TEXT(buf_cstr(&out), "b=mine; z=9; a=1");
    buf_clear(&out);
    cookies_send_with(NULL, &own, &u, &out, NOW);
    CHECK_TEXT(buf_cstr(&out), "b=mine; z=9");
    buf_clear(&out);
    cookies_send_with(NULL, NULL, &u, &out, NOW);
    CHECK_TEXT(buf_cstr(&out), "");
    buf_release(&out);
    http_headers_release(&own);
    cookies_free(c);
}

/* The `i`th of many hosts. */
static const char *host(int i)
{
    static char url[64];
    snprintf(url, sizeof(url), "http://h%d.org/", i);
    return url;
}

TEST(has_a_limit)
{
    struct cookies *c = cookies_new();
    char text[64];
    receive(c, "http://h.org/", "soon=1; max-age=5");
    for (int i = 0; i < COOKIES_LIMIT; i++) {
        snprintf(text, sizeof(text), "c%d=1", i);
        CHECK(receive(c, host(i), text));
    }
    struct str value;
    CHECK(!cookies_get(c, STR("soon"), &value, NOW)); // the oldest
    CHECK(cookies_get(c, STR("c0"), &value, NOW));
    receive(c, "http://h.org/", "late=1; max-age=5");
    CHECK(!cookies_get(c, STR("c0"), &value, NOW));
    struct url u;
    struct err err = ERR_INIT;
    CHECK_INT(url_parse(&u, STR("http://h.org/"), &err), 0);
    CHECK(cookies_receive(c, &u, STR("later=1"), NOW + 10)); // the expired one leaves first
    CHECK(cookies_get(c, STR("c1"), &value, NOW));
    CHECK(!cookies_get(c, STR("late"), &value, NOW));
    cookies_free(c);
    cookies_free(NULL);
}

TEST(a_domain_has_a_limit_of_its_own)
{
    struct cookies *c = cookies_new();
    char text[64];
    struct str value;
    CHECK(receive(c, "http://first.org/", "first=1"));
    for (int i = 0; i < 2 * COOKIES_LIMIT; i++) {
        snprintf(text, sizeof(text), "c%d=1", i);
        CHECK(receive(c, i % 2 ? "http://h.org/" : "http://H.org/", text));
    }
    CHECK(cookies_get(c, STR("first"), &value, NOW));
    snprintf(text, sizeof(text), "c%d", 2 * COOKIES_LIMIT - COOKIES_DOMAIN_LIMIT - 1);
    CHECK(!cookies_get(c, str_of(text), &value, NOW));
    snprintf(text, sizeof(text), "c%d", 2 * COOKIES_LIMIT - COOKIES_DOMAIN_LIMIT);
    CHECK(cookies_get(c, str_of(text), &value, NOW));
    // What a script sets for all hosts has only the jar's limit.
    for (int i = 0; i < COOKIES_LIMIT; i++) {
        snprintf(text, sizeof(text), "s%d", i);
        cookies_set(c, str_of(text), STR("1"), STR_EMPTY, STR_EMPTY);
    }
    CHECK(cookies_get(c, STR("s0"), &value, NOW));
    cookies_free(c);
}

/* A path that no attribute may have comes of no URL either. */
TEST(a_path_has_a_limit)
{
    struct cookies *c = cookies_new();
    struct buf url = BUF_INIT;
    buf_add_cstr(&url, "http://h.org/");
    buf_add_many(&url, 'p', 1023);
    buf_add_cstr(&url, "/x");
    CHECK(receive(c, buf_cstr(&url), "a=1"));
    CHECK_TEXT(sent(c, buf_cstr(&url)), "a=1");
    buf_truncate(&url, url.n - 1);
    buf_add_cstr(&url, "p/x");
    CHECK(!receive(c, buf_cstr(&url), "b=1"));
    CHECK(receive(c, buf_cstr(&url), "c=1; path=/"));
    buf_release(&url);
    cookies_free(c);
}

TEST_MAIN(RUN(domains_paths_and_schemes); RUN(longer_paths_first_then_the_older);
          RUN(replaces_what_has_the_same_name_domain_and_path);
          RUN(plain_http_covers_no_secure_cookie); RUN(expires); RUN(those_of_scripts);
          RUN(a_requests_own_come_first_and_cover); RUN(has_a_limit);
          RUN(a_domain_has_a_limit_of_its_own); RUN(a_path_has_a_limit);)
