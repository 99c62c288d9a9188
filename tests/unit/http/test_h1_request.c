/* test_h1_request -- what is written for a request. */
// SPDX-License-Identifier: MIT
#include "http/h1_request.h"

#include "../check.h"

/* From one request to the next, whatever they ask. */
static struct h1_host host;

struct asked {
    struct http_headers headers;
    struct http_settings settings;
    struct transfer_spec spec;
    struct h1_framing framing;
    struct buf written;
};

static void open_asked(struct asked *a)
{
    *a = (struct asked){.written = BUF_INIT};
    http_headers_init(&a->headers);
}

static void close_asked(struct asked *a)
{
    http_headers_release(&a->headers);
    buf_release(&a->written);
}

/* The head of such a request; body NULL: none. */
static const char *write_request(struct asked *a, const char *method, const char *url,
                                 const char *body)
{
    a->spec = (struct transfer_spec){.method = str_of(method),
                                     .url = str_of(url),
                                     .headers = &a->headers,
                                     .has_body = body != NULL,
                                     .body = str_of(body),
                                     .settings = &a->settings};
    if (url_parse(&a->spec.parts, a->spec.url, NULL) < 0)
        BUG("no URL");
    buf_clear(&a->written);
    h1_request_add(&a->written, &a->spec, &a->framing, &host);
    return buf_cstr(&a->written);
}

#define HOST "Host: h.test\r\n"

TEST(writes_what_it_is_given_and_no_more)
{
    struct asked a;
    open_asked(&a);
    CHECK_TEXT(write_request(&a, "GET", "http://h.test/a", NULL),
               "GET /a HTTP/1.1\r\n" HOST "\r\n");
    CHECK_TEXT(write_request(&a, "GET", "http://h.test/", NULL), "GET / HTTP/1.1\r\n" HOST "\r\n");
    CHECK_TEXT(write_request(&a, "POST", "http://h.test/a", "body"),
               "POST /a HTTP/1.1\r\n" HOST "Content-Length: 4\r\n\r\n");
    CHECK_TEXT(write_request(&a, "PUT", "http://h.test/a", ""),
               "PUT /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
    CHECK_TEXT(write_request(&a, "DELETE", "http://h.test/a", NULL),
               "DELETE /a HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
    CHECK_TEXT(write_request(&a, "GET", "http://h.test/a?b=%C3%A9&c=/../d", "x"),
               "GET /a?b=%C3%A9&c=/../d HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n");
    CHECK_TEXT(write_request(&a, "HEAD", "http://h.test/?", NULL),
               "HEAD /? HTTP/1.1\r\n" HOST "\r\n");
    CHECK(!a.framing.is_chunked && !a.framing.wants_close);
    close_asked(&a);
}

TEST(names_the_host)
{
    static const struct {
        const char *url, *host;
    } cases[] = {
        {"http://h.test:80/", "Host: h.test\r\n"},
        {"https://h.test:443/", "Host: h.test\r\n"},
        {"https://h.test:80/", "Host: h.test:80\r\n"},
        {"http://h.test:65535/", "Host: h.test:65535\r\n"},
        {"http://[::1]/", "Host: [::1]\r\n"},
        {"http://[::1]:8080/", "Host: [::1]:8080\r\n"},
    };
    struct asked a;
    open_asked(&a);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char expected[200];
        snprintf(expected, sizeof(expected), "GET / HTTP/1.1\r\n%s\r\n", cases[i].host);
        CHECK_TEXT(write_request(&a, "GET", cases[i].url, NULL), expected);
    }
    http_headers_add(&a.headers, STR("A"), STR("1"));
    http_headers_add(&a.headers, STR("host"), STR("virtual.example"));
    CHECK_TEXT(write_request(&a, "GET", "http://h.test/", NULL),
               "GET / HTTP/1.1\r\nHost: virtual.example\r\nA: 1\r\n\r\n");
    close_asked(&a);
}

TEST(keeps_the_order_of_headers)
{
    struct asked a;
    open_asked(&a);
    http_headers_add(&a.headers, STR("Z"), STR("1"));
    http_headers_add(&a.headers, STR("Empty"), STR(""));
    http_headers_add(&a.headers, STR("A"), STR("2"));
    http_headers_add(&a.headers, STR("A"), STR("3: x; y"));
    http_headers_add(&a.headers, STR("Connection"), STR("keep-alive"));
    http_headers_add(&a.headers, STR("Content-Length"), STR("77"));
    CHECK_TEXT(write_request(&a, "POST", "http://h.test/a", "x"),
               "POST /a HTTP/1.1\r\n" HOST "Z: 1\r\nEmpty:\r\nA: 2\r\nA: 3: x; y\r\n"
               "Connection: keep-alive\r\nContent-Length: 1\r\n\r\n");
    CHECK(!a.framing.wants_close);
    close_asked(&a);
}

TEST(chunks_where_the_script_asks_for_them)
{
    struct asked a;
    open_asked(&a);
    http_headers_add(&a.headers, STR("transfer-encoding"), STR("Chunked"));
    CHECK_TEXT(write_request(&a, "POST", "http://h.test/a", "0123456789abcdefg"),
               "POST /a HTTP/1.1\r\n" HOST "transfer-encoding: Chunked\r\n\r\n11\r\n");
    CHECK(a.framing.is_chunked);
    CHECK_TEXT(write_request(&a, "POST", "http://h.test/a", ""),
               "POST /a HTTP/1.1\r\n" HOST "transfer-encoding: Chunked\r\n\r\n");
    CHECK(a.framing.is_chunked);
    // there is nothing to be framed
    CHECK_TEXT(write_request(&a, "GET", "http://h.test/a", NULL),
               "GET /a HTTP/1.1\r\n" HOST "\r\n");
    CHECK(!a.framing.is_chunked);
    close_asked(&a);
}

TEST(says_when_the_connection_ends)
{
    struct asked a;
    open_asked(&a);
    http_headers_add(&a.headers, STR("Connection"), STR("x, Close"));
    write_request(&a, "GET", "http://h.test/a", NULL);
    CHECK(a.framing.wants_close);
    http_headers_clear(&a.headers);
    a.settings.version = HTTP_VERSION_1_0;
    CHECK_TEXT(write_request(&a, "PATCH", "http://h.test/a", "x"),
               "PATCH /a HTTP/1.0\r\n" HOST "Content-Length: 1\r\n\r\n");
    CHECK(a.framing.wants_close);
    close_asked(&a);
}

/* A GET behind a base is what it is as a URL of its own, whatever was asked before it. */
TEST(a_path_behind_a_base)
{
    static const char *const bases[] = {"http://h.test", "http://h.test:8080", "https://h.test/a/b",
                                        "http://[::1]:81/v1", "http://h.test"};
    static const char *const paths[] = {"/", "/c?d=e", "/c"};
    struct asked a;
    struct h1_tail tail = {.n = 0};
    struct buf url = BUF_INIT, out = BUF_INIT;
    open_asked(&a);
    http_headers_copy(&a.headers, exchange_default_headers(HTTP_COMPRESS_DEFAULT));
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        struct exchange_base base;
        CHECK_INT(exchange_base_init(&base, str_of(bases[i]), NULL), 0);
        for (size_t k = 0; k < sizeof paths / sizeof *paths; k++) {
            struct h1_framing framing;
            buf_clear(&url);
            buf_addf(&url, "%s%s", bases[i], paths[k]);
            const char *wanted = write_request(&a, "GET", buf_cstr(&url), NULL);
            buf_clear(&out);
            h1_request_add_usual(&out, &base, str_of(paths[k]), NULL, &host, &tail);
            CHECK_TEXT(buf_cstr(&out), wanted);
            buf_clear(&out);
            h1_request_add_get(&out, &base, str_of(paths[k]), &a.headers, &framing, &host);
            CHECK_TEXT(buf_cstr(&out), wanted);
            CHECK(!framing.wants_close && !framing.is_chunked);
        }
        exchange_base_release(&base);
    }
    buf_release(&url);
    buf_release(&out);
    close_asked(&a);
}

TEST_MAIN(RUN(a_path_behind_a_base); RUN(writes_what_it_is_given_and_no_more); RUN(names_the_host);
          RUN(keeps_the_order_of_headers); RUN(chunks_where_the_script_asks_for_them);
          RUN(says_when_the_connection_ends);)
