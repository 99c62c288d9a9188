/* test_request -- what a handler is told of a request. */
// SPDX-License-Identifier: MIT
#include "../check.h"

#include "rig.h"
#include "serve/server.h"

/* The handler copies what the test asks for, since all of it is borrowed. */
struct seen {
    struct buf text;
    void (*look)(struct buf *out, struct exchange_in *x);
};

static void look_and_answer(void *self, struct exchange_in *x)
{
    struct seen *seen = self;

    buf_clear(&seen->text);
    seen->look(&seen->text, x);
    server_answer(x, &(struct server_reply){.status = 200});
}

/* What `look` saw of this request (Connection: close is its own affair). */
static struct buf see(const char *request, void (*look)(struct buf *out, struct exchange_in *x))
{
    struct rig r;
    struct seen seen = {BUF_INIT, look};

    rig_init(&r);
    struct server *s = server_new(r.loop,
                                  &(struct server_options){
                                      .bind = "127.0.0.1",
                                      .connections = 10,
                                      .body_limit = 1000,
                                  },
                                  look_and_answer, &seen, NULL);
    rig_talk(&r, server_port(s), request);
    server_free(s);
    if (!rig_release(&r))
        buf_add_cstr(&seen.text, " (and something is left on the loop)");
    return seen.text;
}

#define REQUEST(line, headers) line " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" headers "\r\n"

#define CHECK_SEEN(request, look, expected)           \
    do {                                              \
        struct buf seen = see(request, look);         \
        const char *seen_text = buf_cstr(&seen);      \
        char copy[1000];                              \
        snprintf(copy, sizeof copy, "%s", seen_text); \
        buf_release(&seen);                           \
        CHECK_TEXT(copy, expected);                   \
    } while (0)

static void add_or_absent(struct buf *out, struct str s)
{
    if (s.p == NULL)
        buf_add_cstr(out, "(absent)");
    else
        buf_add_str(out, s);
}

static void line(struct buf *out, struct exchange_in *x)
{
    buf_add_str(out, server_method(x));
    buf_add_char(out, ' ');
    buf_add_str(out, server_path(x));
    buf_add_char(out, ' ');
    buf_add_str(out, server_raw_target(x));
}

TEST(tells_method_path_and_target)
{
    CHECK_SEEN(REQUEST("GET /", ""), line, "GET / /");
    CHECK_SEEN(REQUEST("BREW /a%20b%2Fc?d=%20", ""), line, "BREW /a b/c /a%20b%2Fc?d=%20");
    CHECK_SEEN(REQUEST("GET /a+b", ""), line, "GET /a+b /a+b");
    CHECK_SEEN(REQUEST("GET /%zz%", ""), line, "GET /%zz% /%zz%");
    CHECK_SEEN(REQUEST("GET http://h:1/a?b", ""), line, "GET /a http://h:1/a?b");
    CHECK_SEEN(REQUEST("GET http://h", ""), line, "GET / http://h");
}

static void path_length(struct buf *out, struct exchange_in *x)
{
    buf_addf(out, "%zu", server_path(x).n);
}

TEST(a_nul_does_not_end_a_path)
{
    CHECK_SEEN(REQUEST("GET /a%00b", ""), path_length, "4");
}

static void query(struct buf *out, struct exchange_in *x)
{
    const char *const names[] = {"a", "b", "c d", "none"};

    for (size_t i = 0; i < 4; i++) {
        add_or_absent(out, server_query(x, names[i]));
        buf_add_char(out, '|');
    }
    buf_add_str(out, server_path(x));
}

TEST(decodes_the_query)
{
    CHECK_SEEN(REQUEST("GET /p%41?a=1+2%2B3&b&c%20d=%3D=&a=2", ""), query,
               "1 2+3||==|(absent)|/pA");
    CHECK_SEEN(REQUEST("GET /p", ""), query, "(absent)|(absent)|(absent)|(absent)|/p");
    CHECK_SEEN(REQUEST("GET /p?&&b=%", ""), query, "(absent)|%|(absent)|(absent)|/p");
}

static void add_pair(void *self, struct str name, struct str value)
{
    buf_addf(self, "%.*s=%.*s;", STR_ARG(name), STR_ARG(value));
}

static void each_query(struct buf *out, struct exchange_in *x)
{
    server_each_query(x, add_pair, out);
}

static void each_cookie(struct buf *out, struct exchange_in *x)
{
    server_each_cookie(x, add_pair, out);
    add_or_absent(out, server_cookie(x, "b"));
}

static void each_header(struct buf *out, struct exchange_in *x)
{
    server_each_header(x, add_pair, out);
}

TEST(walks_queries_cookies_and_headers)
{
    CHECK_SEEN(REQUEST("GET /?a=1&b=2&a=3", ""), each_query, "a=1;b=2;a=3;");
    CHECK_SEEN(REQUEST("GET /", "Cookie: a=1; b=x=y;c; =d\r\n"), each_cookie,
               "a=1;b=x=y;c=;=d;x=y");
    CHECK_SEEN(REQUEST("GET /", ""), each_cookie, "(absent)");
    CHECK_SEEN(REQUEST("GET /", "X-A: 1\r\nx-a: 2\r\nX-Empty:\r\n"), each_header,
               "Host=x;Connection=close;X-A=1;x-a=2;X-Empty=;");
}

static void header(struct buf *out, struct exchange_in *x)
{
    add_or_absent(out, server_header(x, "x-TEST"));
}

TEST(finds_headers_in_any_case)
{
    CHECK_SEEN(REQUEST("GET /", "X-Test: yes\r\nX-Test: no\r\n"), header, "yes");
    CHECK_SEEN(REQUEST("GET /", "X-Testing: yes\r\n"), header, "(absent)");
}

static void body(struct buf *out, struct exchange_in *x)
{
    buf_add_str(out, server_body(x));
}

TEST(gives_the_body)
{
    CHECK_SEEN(REQUEST("POST /", "Content-Length: 5\r\n") "hello", body, "hello");
    CHECK_SEEN(REQUEST("PUT /",
                       "Transfer-Encoding: chunked\r\n") "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
               body, "abcde");
    CHECK_SEEN(REQUEST("GET /", ""), body, "");
}

TEST_MAIN(RUN(tells_method_path_and_target); RUN(a_nul_does_not_end_a_path); RUN(decodes_the_query);
          RUN(walks_queries_cookies_and_headers); RUN(finds_headers_in_any_case);
          RUN(gives_the_body);)
