/* test_exchange -- which URL and headers go out, and what a redirect asks for. */
// SPDX-License-Identifier: MIT
#include "http/exchange.h"

#include "base/mem.h"

#include "../check.h"

/* All lines, "Name: value|Name: value". */
static const char *lines(const struct http_headers *h)
{
    static char text[2048];
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < h->n; i++)
        buf_addf(&out, "%s%s", i > 0 ? "|" : "", http_headers_line(h, i));
    snprintf(text, sizeof(text), "%s", buf_cstr(&out));
    buf_release(&out);
    return text;
}

TEST(urls_as_they_are_sent)
{
    static const char *const cases[][2] = {
        {"http://h.org", "http://h.org/"},
        {"HTTP://user:pass@H.org:8080/a/../b?x=1#f", "http://H.org:8080/a/../b?x=1"},
        {"https://h.org?q", "https://h.org/?q"},
        {"http://h.org/a b\"{}\xc3\xa9%zz%41?x=a b#no",
         "http://h.org/a%20b%22%7B%7D%C3%A9%25zz%41?x=a%20b"},
        {"http://[::1]:99/p?", "http://[::1]:99/p?"},
        {"http://h.org:80/", "http://h.org:80/"},
        {"HTTP+Unix://u:p@%2ftmp%2Fa%2esock?x#f", "http+unix://%2Ftmp%2Fa.sock/?x"},
        {"http://b\u00fccher.example:81/", "http://xn--bcher-kva.example:81/"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url from, parts, again;
        struct buf text = BUF_INIT;
        CHECK_INT(url_parse(&from, str_of(cases[i][0]), NULL), 0);
        exchange_url(&text, &parts, &from);
        CHECK_TEXT(buf_cstr(&text), cases[i][1]);
        CHECK_INT(url_parse(&again, buf_slice(&text), NULL), 0);
        CHECK(str_equal(parts.scheme, again.scheme) && str_equal(parts.host, again.host) &&
              str_equal(parts.path, again.path) && str_equal(parts.query, again.query));
        CHECK(parts.port == again.port && parts.has_query == again.has_query &&
              parts.host_is_ipv6 == again.host_is_ipv6 && parts.is_unix == again.is_unix &&
              !parts.has_user);
        buf_release(&text);
    }
}

struct case_of_headers {
    struct http_spec spec;
    struct http_headers session, own, cookies;
    const char *url;
};

static const char *first(struct case_of_headers *c, struct http_headers *out)
{
    struct http_session session = {.headers = c->session.n > 0 ? &c->session : NULL};
    struct url from, url;
    struct buf text = BUF_INIT;
    if (c->url == NULL)
        c->url = "http://h.org/";
    if (c->own.n > 0)
        c->spec.headers = &c->own;
    if (c->cookies.n > 0)
        c->spec.cookies = &c->cookies;
    if (url_parse(&from, str_of(c->url), NULL) < 0)
        BUG("the test's URL");
    exchange_url(&text, &url, &from);
    http_headers_clear(out);
    exchange_first_headers(out, &session, &c->spec, &from, &url, 0);
    buf_release(&text);
    http_headers_release(&c->session);
    http_headers_release(&c->own);
    http_headers_release(&c->cookies);
    return lines(out);
}

#define DEFAULTS "User-Agent: katydid/" KATYDID_VERSION "|Accept: */*"
#define GZIP "|Accept-Encoding: gzip, deflate"

TEST(defaults_and_what_overrides_them)
{
    struct http_headers out = {.n = 0};
    struct case_of_headers c = {.url = NULL};
    CHECK_TEXT(first(&c, &out), DEFAULTS GZIP);

    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_ALL};
    CHECK_TEXT(first(&c, &out), DEFAULTS GZIP ", br, zstd");
    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_NONE};
    CHECK_TEXT(first(&c, &out), DEFAULTS);

    c = (struct case_of_headers){.url = NULL};
    http_headers_add(&c.session, STR("X-Session"), STR("s"));
    http_headers_add(&c.session, STR("accept"), STR("text/html"));
    http_headers_add(&c.session, STR("X-Both"), STR("s"));
    http_headers_add(&c.own, STR("USER-AGENT"), STR("me"));
    http_headers_add(&c.own, STR("x-both"), STR("1"));
    http_headers_add(&c.own, STR("X-Both"), STR("2"));
    http_headers_add(&c.own, STR("Host"), STR("other"));
    http_headers_add(&c.own, STR("Content-Length"), STR("7"));
    CHECK_TEXT(first(&c, &out), "USER-AGENT: me|accept: text/html" GZIP
                                "|X-Session: s|x-both: 1|X-Both: 2|Host: other");
    http_headers_release(&out);
}

TEST(bodies_cookies_and_credentials)
{
    struct http_headers out = {.n = 0};
    struct case_of_headers c = {.spec = {.compress = HTTP_COMPRESS_NONE,
                                         .has_body = true,
                                         .content_type = STR("application/json")}};
    CHECK_TEXT(first(&c, &out), DEFAULTS "|Content-Type: application/json");
    c.spec.has_body = false;
    CHECK_TEXT(first(&c, &out), DEFAULTS);
    c.spec.has_body = true;
    http_headers_add(&c.own, STR("content-type"), STR("text/plain"));
    CHECK_TEXT(first(&c, &out), DEFAULTS "|content-type: text/plain");

    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_NONE};
    http_headers_add(&c.cookies, STR("a"), STR("1"));
    CHECK_TEXT(first(&c, &out), DEFAULTS "|Cookie: a=1");
    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_NONE};
    http_headers_add(&c.cookies, STR("a"), STR("1"));
    http_headers_add(&c.own, STR("cookie"), STR("mine"));
    CHECK_TEXT(first(&c, &out), DEFAULTS "|cookie: mine");

    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_NONE,
                                 .url = "http://a%3Ab:c%40@h.org/"};
    http_headers_add(&c.own, STR("Authorization"), STR("Bearer x"));
    CHECK_TEXT(first(&c, &out), DEFAULTS "|Authorization: Basic YTpiOmNA"); // a:b:c@
    c.spec.has_auth = true;
    c.spec.user = STR("u");
    c.spec.password = STR("p");
    c.spec.headers = NULL;
    CHECK_TEXT(first(&c, &out), DEFAULTS "|Authorization: Basic dTpw");
    c = (struct case_of_headers){.spec.compress = HTTP_COMPRESS_NONE, .url = "http://u@h.org/"};
    CHECK_TEXT(first(&c, &out), DEFAULTS "|Authorization: Basic dTo=");
    http_headers_release(&out);
}

TEST(the_jar_is_asked)
{
    struct http_headers out = {.n = 0};
    struct http_session session = {.cookies = cookies_new()};
    struct http_spec spec = {.compress = HTTP_COMPRESS_NONE};
    struct url url;
    CHECK_INT(url_parse(&url, STR("http://h.org/p"), NULL), 0);
    cookies_set(session.cookies, STR("j"), STR("2"), STR("h.org"), STR("/"));
    exchange_first_headers(&out, &session, &spec, &url, &url, 0);
    CHECK_TEXT(lines(&out), DEFAULTS "|Cookie: j=2");
    CHECK_INT(url_parse(&url, STR("http://other.org/p"), NULL), 0);
    http_headers_clear(&out);
    exchange_first_headers(&out, &session, &spec, &url, &url, 0);
    CHECK_TEXT(lines(&out), DEFAULTS);
    cookies_free(session.cookies);
    http_headers_release(&out);
}

TEST(which_answers_are_redirects)
{
    static const int statuses[] = {200, 201, 300, 301, 302, 303, 304, 305, 307, 308, 309, 404};
    struct http_headers with = {.n = 0}, without = {.n = 0}, empty = {.n = 0};
    struct str location;
    http_headers_add(&with, STR("location"), STR("/x"));
    http_headers_add(&empty, STR("Location"), STR(""));
    for (size_t i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
        int s = statuses[i];
        bool expected = (s >= 301 && s <= 303) || s == 307 || s == 308;
        CHECK_INT(exchange_is_redirect(s, &with, &location), expected);
        CHECK(!exchange_is_redirect(s, &without, &location));
        CHECK(!exchange_is_redirect(s, &empty, &location));
    }
    http_headers_release(&with);
    http_headers_release(&empty);
}

TEST(methods_after_a_redirect)
{
    static const struct {
        int status;
        const char *from, *to;
    } cases[] = {
        {301, "GET", "GET"},   {301, "POST", "GET"},      {301, "PUT", "PUT"},
        {301, "HEAD", "HEAD"}, {302, "GET", "GET"},       {302, "POST", "GET"},
        {302, "PUT", "GET"},   {302, "HEAD", "HEAD"},     {303, "GET", "GET"},
        {303, "POST", "GET"},  {303, "DELETE", "GET"},    {303, "HEAD", "HEAD"},
        {307, "POST", "POST"}, {308, "DELETE", "DELETE"}, {307, "HEAD", "HEAD"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        CHECK_STR(exchange_next_method(cases[i].status, str_of(cases[i].from)), cases[i].to);
}

TEST(where_a_redirect_leads)
{
    static const struct {
        const char *location, *fragment, *url, *then; /* url NULL: nowhere */
    } cases[] = {
        {"/y", "", "http://h.org:81/y", ""},
        {"y?z", "", "http://h.org:81/a/y?z", ""},
        {"../y", "f", "http://h.org:81/y", "f"},
        {"/y#g", "f", "http://h.org:81/y", "g"},
        {"/y#", "f", "http://h.org:81/y", "f"},
        {"//other.net/p", "", "http://other.net/p", ""},
        {"https://u:p@other.net", "", "https://other.net/", ""},
        {"/a b\xc3\xa9", "", "http://h.org:81/a%20b%C3%A9", ""},
        {"?only=query", "", "http://h.org:81/a/b?only=query", ""},
        {"ftp://other.net/", "", NULL, NULL},
        {"javascript:alert(1)", "", NULL, NULL},
        {"http://", "", NULL, NULL},
        {"http://h.org:99999/", "", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buf text = BUF_INIT, fragment = BUF_INIT;
        struct http_headers none = {.n = 0};
        struct url parts;
        buf_add_cstr(&fragment, cases[i].fragment);
        int rc = exchange_next_url(&text, &parts, &fragment, STR("http://h.org:81/a/b"),
                                   str_of(cases[i].location), &none, NULL);
        bool right = cases[i].url == NULL ? rc < 0
                                          : rc == 0 && strcmp(buf_cstr(&text), cases[i].url) == 0 &&
                                                strcmp(buf_cstr(&fragment), cases[i].then) == 0;
        if (!right)
            CHECK_FAIL("'%s' leads to '%s' # '%s'", cases[i].location, buf_cstr(&text),
                       buf_cstr(&fragment));
        buf_release(&text);
        buf_release(&fragment);
    }
}

/* Where a server on a socket leads to, that was told this Host; "": nowhere. Borrowed. */
static const char *from_socket(const char *asked, const char *host, const char *location)
{
    static char found[200];
    struct buf text = BUF_INIT, fragment = BUF_INIT;
    struct http_headers sent = {.n = 0};
    struct url parts;
    http_headers_add(&sent, STR("Host"), str_of(host));
    int rc =
        exchange_next_url(&text, &parts, &fragment, str_of(asked), str_of(location), &sent, NULL);
    snprintf(found, sizeof(found), "%s", rc == 0 ? buf_cstr(&text) : "");
    http_headers_release(&sent);
    buf_release(&text);
    buf_release(&fragment);
    return found;
}

TEST(redirects_of_sockets)
{
    static const char *const cases[][3] = {
        {"localhost", "../c?d", "http+unix://%2Fs/c?d"},
        {"localhost", "http://LocalHost/c", "http+unix://%2Fs/c"},
        {"localhost", "http://localhost:80/c", "http+unix://%2Fs/c"},
        {"shop.test:81", "http://shop.test:81/c?d", "http+unix://%2Fs/c?d"},
        {"shop.test:81", "http://shop.test/c", "http://shop.test/c"},
        {"localhost", "http://h.org/c", "http://h.org/c"},
        {"localhost", "https://localhost/c", "https://localhost/c"},
        {"localhost", "http+unix://%2Fother/c", "http+unix://%2Fother/c"},
        {"no host", "http://h.org/c", "http://h.org/c"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        CHECK_TEXT(from_socket("http+unix://%2Fs/a/b", cases[i][0], cases[i][1]), cases[i][2]);
    CHECK_TEXT(from_socket("http://localhost/a", "localhost", "http+unix://%2Fs/b"), "");
    CHECK_TEXT(from_socket("http://localhost/a", "localhost", "/b"), "http://localhost/b");
}

TEST(where_credentials_may_go)
{
    static const struct {
        const char *from, *to;
        bool may;
    } cases[] = {
        {"http://h.org/a", "http://H.ORG/b", true},
        {"http://h.org/", "http://h.org:80/", true},
        {"http://h.org/", "https://h.org/", true},
        {"http://h.org:8080/", "https://h.org/", false},
        {"http://h.org/", "https://h.org:8443/", false},
        {"https://h.org/", "http://h.org/", false},
        {"http://h.org/", "http://h.org:81/", false},
        {"http://h.org/", "http://www.h.org/", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct url from, to;
        CHECK_INT(url_parse(&from, str_of(cases[i].from), NULL), 0);
        CHECK_INT(url_parse(&to, str_of(cases[i].to), NULL), 0);
        if (exchange_keeps_credentials(&from, &to) != cases[i].may)
            CHECK_FAIL("%s to %s", cases[i].from, cases[i].to);
    }
}

TEST(headers_of_the_next_hop)
{
    struct http_headers sent = {.n = 0}, out = {.n = 0}, own = {.n = 0};
    struct cookies *jar = cookies_new();
    struct url from, same, other;
    CHECK_INT(url_parse(&from, STR("http://h.org/a"), NULL), 0);
    CHECK_INT(url_parse(&same, STR("http://h.org/b"), NULL), 0);
    CHECK_INT(url_parse(&other, STR("http://other.net/b"), NULL), 0);
    http_headers_add(&sent, STR("X"), STR("1"));
    http_headers_add(&sent, STR("Host"), STR("virtual"));
    http_headers_add(&sent, STR("content-type"), STR("text/plain"));
    http_headers_add(&sent, STR("Cookie"), STR("old=1"));
    http_headers_add(&sent, STR("authorization"), STR("Basic x"));
    cookies_set(jar, STR("new"), STR("2"), STR("h.org"), STR(""));

    exchange_next_headers(&out, &sent, &from, &same, true, jar, NULL, 0);
    CHECK_TEXT(lines(&out),
               "X: 1|Host: virtual|content-type: text/plain|authorization: Basic x|Cookie: new=2");
    exchange_next_headers(&out, &sent, &from, &same, false, jar, NULL, 0);
    CHECK_TEXT(lines(&out), "X: 1|Host: virtual|authorization: Basic x|Cookie: new=2");
    http_headers_add(&own, STR("o"), STR("3"));
    exchange_next_headers(&out, &sent, &from, &other, false, jar, &own, 0);
    CHECK_TEXT(lines(&out), "X: 1|Cookie: o=3");
    cookies_free(jar);
    http_headers_release(&own);
    http_headers_release(&out);
    http_headers_release(&sent);
}

TEST_MAIN(RUN(redirects_of_sockets); RUN(urls_as_they_are_sent);
          RUN(defaults_and_what_overrides_them); RUN(bodies_cookies_and_credentials);
          RUN(the_jar_is_asked); RUN(which_answers_are_redirects); RUN(methods_after_a_redirect);
          RUN(where_a_redirect_leads); RUN(where_credentials_may_go); RUN(headers_of_the_next_hop);)
