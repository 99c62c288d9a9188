/* test_request -- a request from its start to its response, over a transport that only pretends. */
// SPDX-License-Identifier: MIT
#include "http/request.h"

#include "../check.h"
#include "fake_transport.h"

#include <zlib.h>

struct room {
    struct clock clock;
    struct loop *loop;
    struct fake_transport transport;
    struct http_session *session;
    struct http_spec spec;
    int done;
};

#define ANSWERS(...)                     \
    (struct fake_answer[]){__VA_ARGS__}, \
        sizeof((struct fake_answer[]){__VA_ARGS__}) / sizeof(struct fake_answer)

static void open_room(struct room *room, const struct fake_answer *answers, size_t n)
{
    *room = (struct room){.done = 0};
    clock_init_virtual(&room->clock, 5 * NS_PER_S, 1000);
    room->loop = loop_new(&room->clock);
    fake_transport_init(&room->transport, room->loop, answers, n);
    room->session = http_session_new(&room->transport.base);
    room->spec = (struct http_spec){.method = STR("GET"),
                                    .url = STR("http://h.org/a?x=1"),
                                    .content_type = STR_EMPTY,
                                    .follow_redirects = true,
                                    .max_redirects = HTTP_REDIRECTS_DEFAULT};
}

static bool close_room(struct room *room)
{
    http_session_free(room->session);
    bool is_clean = room->transport.active == 0 && loop_is_idle(room->loop);
    fake_transport_release(&room->transport);
    loop_free(room->loop);
    return is_clean;
}

static void on_done(void *self, struct http_request *r)
{
    struct room *room = self;
    (void)r;
    room->done++;
}

static struct http_response *ask(struct room *room)
{
    struct http_request *r =
        http_request_start(room->loop, room->session, &room->spec, on_done, room);
    if (http_request_is_done(r))
        BUG("done before it had begun");
    while (!http_request_is_done(r) && loop_turn(room->loop, true))
        continue;
    struct http_response *response = http_request_take_response(r);
    http_request_free(r);
    return response;
}

TEST(an_answer)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 201,
                              .reason = "Created",
                              .headers = "Content-Type: text/plain\nX: 1",
                              .body = STR("hello world"),
                              .step = 4,
                              .after_s = 0.25}));
    room.spec.method = STR("post");
    room.spec.has_body = true;
    room.spec.body = STR("the body");
    room.spec.content_type = STR("text/plain");
    struct http_response *r = ask(&room);
    CHECK_INT(room.done, 1);
    CHECK_INT(r->failure, HTTP_OK);
    CHECK(r->failure_text == NULL);
    CHECK_INT(r->status, 201);
    CHECK_TEXT(r->reason, "Created");
    CHECK_STR(buf_slice(&r->body), "hello world");
    CHECK_INT(r->length, 11);
    CHECK_INT(r->headers.n, 2);
    CHECK_TEXT(r->url, "http://h.org/a?x=1");
    CHECK_TEXT(r->request_url, "http://h.org/a?x=1");
    CHECK_TEXT(r->request_target, "/a?x=1");
    CHECK_TEXT(r->request_method, "POST");
    CHECK_STR(buf_slice(&r->request_body), "the body");
    CHECK(http_headers_has(r->request_headers, STR("Content-Type")));
    CHECK_INT(r->n_hops, 0);
    CHECK_DOUBLE(r->response_time_ms, 250, 1e-6);
    CHECK_DOUBLE(r->start_s, 1000, 1e-3);
    CHECK_DOUBLE(r->timings.tls, 3, 0);
    CHECK_TEXT(room.transport.lines[0],
               "POST http://h.org/a?x=1|Content-Type: text/plain||the body");
    http_response_free(r);
    CHECK(close_room(&room));
    CHECK_INT(room.transport.closed, 1);
}

TEST(what_waits_for_its_turn_waits_for_no_answer)
{
    struct room room;
    open_room(
        &room,
        ANSWERS({.status = 302, .headers = "Location: /a", .after_s = 0.25, .queued_s = 0.125},
                {.status = 200, .after_s = 0.5, .queued_s = 0.25}));
    struct http_response *r = ask(&room);
    CHECK_INT(r->status, 200);
    CHECK_DOUBLE(r->response_time_ms, 375, 1e-6);
    http_response_free(r);
    CHECK(close_room(&room));
}

/* The redirect matrix: what the second hop asks. */
TEST(redirects_change_method_and_body)
{
    static const struct {
        const char *method;
        int status;
        const char *second; /* method and body of the second hop */
    } cases[] = {
        {"GET", 301, "GET"},          {"GET", 302, "GET"},        {"GET", 303, "GET"},
        {"GET", 307, "GET"},          {"GET", 308, "GET"},        {"HEAD", 301, "HEAD"},
        {"HEAD", 302, "HEAD"},        {"HEAD", 303, "HEAD"},      {"HEAD", 307, "HEAD"},
        {"POST", 301, "GET"},         {"POST", 302, "GET"},       {"POST", 303, "GET"},
        {"POST", 307, "POST body"},   {"POST", 308, "POST body"}, {"PUT", 301, "PUT body"},
        {"PUT", 302, "GET"},          {"PUT", 303, "GET"},        {"PUT", 307, "PUT body"},
        {"PATCH", 308, "PATCH body"}, {"DELETE", 303, "GET"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct room room;
        char expected[256];
        open_room(
            &room,
            ANSWERS({.status = cases[i].status, .headers = "Location: /b", .body = STR("gone")},
                    {.status = 200, .reason = "OK", .body = STR("here")}));
        room.spec.method = str_of(cases[i].method);
        room.spec.has_body =
            strcmp(cases[i].method, "GET") != 0 && strcmp(cases[i].method, "HEAD") != 0;
        room.spec.body = room.spec.has_body ? STR("body") : STR_EMPTY;
        room.spec.content_type = STR("text/x");
        struct http_response *r = ask(&room);
        bool keeps = strchr(cases[i].second, ' ') != NULL;
        snprintf(expected, sizeof(expected), "%.*s http://h.org/b%s",
                 (int)strcspn(cases[i].second, " "), cases[i].second,
                 keeps ? "|Content-Type: text/x||body" : "");
        CHECK_INT(room.transport.asked, 2);
        CHECK_TEXT(room.transport.lines[1], expected);
        CHECK_INT(r->status, 200);
        CHECK_STR(buf_slice(&r->body), "here");
        CHECK_INT(r->n_hops, 1);
        CHECK_INT(r->hops[0].status, cases[i].status);
        CHECK_TEXT(r->hops[0].method, cases[i].method);
        CHECK_TEXT(r->hops[0].url, "http://h.org/a?x=1");
        CHECK_TEXT(r->request_method, cases[i].method);
        CHECK_TEXT(r->request_target, "/a?x=1");
        CHECK_TEXT(r->url, "http://h.org/b");
        http_response_free(r);
        CHECK(close_room(&room));
    }
}

TEST(a_chain_is_one_request)
{
    struct room room;
    open_room(
        &room,
        ANSWERS({.status = 302, .headers = "Location: https://other.net/one#part", .after_s = 0.1},
                {.status = 307, .headers = "Location: ../two", .after_s = 0.2},
                {.status = 200, .reason = "OK", .body = STR("end"), .after_s = 0.3}));
    room.spec.url = STR("http://u:p@h.org/a#old");
    struct http_response *r = ask(&room);
    CHECK_INT(r->n_hops, 2);
    CHECK_TEXT(r->hops[0].url, "http://h.org/a#old");
    CHECK_TEXT(r->hops[1].url, "https://other.net/one#part");
    CHECK_TEXT(r->url, "https://other.net/two#part");
    CHECK_TEXT(r->request_url, "http://h.org/a");
    CHECK_DOUBLE(r->response_time_ms, 600, 1e-6);
    CHECK_DOUBLE(r->timings.dns, 3, 0);
    CHECK_DOUBLE(r->timings.receive, 15, 0);
    CHECK_TEXT(room.transport.lines[0], "GET http://h.org/a|Authorization: Basic dTpw");
    CHECK_TEXT(room.transport.lines[1], "GET https://other.net/one");
    CHECK_TEXT(room.transport.lines[2], "GET https://other.net/two");
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(cookies_are_taken_and_sent_at_each_hop)
{
    struct room room;
    open_room(
        &room,
        ANSWERS({.status = 302,
                 .headers = "Set-Cookie: a=1\nSet-Cookie: b=2; domain=other.net\nLocation: /b"},
                {.status = 302,
                 .headers =
                     "Set-Cookie: a=; Max-Age=0\nSet-Cookie: c=3\nLocation: http://other.net/"},
                {.status = 200, .headers = "Set-Cookie: d=4"}));
    struct http_headers own = {.n = 0}, headers = {.n = 0};
    http_headers_add(&own, STR("o"), STR("9"));
    http_headers_add(&headers, STR("X"), STR("1"));
    room.spec.cookies = &own;
    room.spec.headers = &headers;
    http_response_free(ask(&room));
    CHECK_TEXT(room.transport.lines[0], "GET http://h.org/a?x=1|X: 1|Cookie: o=9");
    CHECK_TEXT(room.transport.lines[1], "GET http://h.org/b|X: 1|Cookie: o=9; a=1");
    CHECK_TEXT(room.transport.lines[2], "GET http://other.net/|X: 1|Cookie: o=9");
    room.spec.cookies = NULL;
    http_response_free(ask(&room));
    CHECK_TEXT(room.transport.lines[3], "GET http://h.org/a?x=1|X: 1|Cookie: c=3");
    room.spec.url = STR("http://other.net/x");
    http_response_free(ask(&room));
    CHECK_TEXT(room.transport.lines[4], "GET http://other.net/x|X: 1|Cookie: d=4");
    http_headers_release(&own);
    http_headers_release(&headers);
    CHECK(close_room(&room));
}

TEST(redirects_that_are_not_followed)
{
    static const struct fake_answer answers[] = {
        {.status = 302, .reason = "Found", .headers = "Location: /b", .body = STR("text")},
        {.status = 304, .headers = "Location: /b"},
        {.status = 302},
        {.status = 302, .headers = "Location: "},
    };
    for (size_t i = 0; i < 4; i++) {
        struct room room;
        open_room(&room, &answers[i], 1);
        room.spec.follow_redirects = i > 0;
        struct http_response *r = ask(&room);
        CHECK_INT(r->status, answers[i].status);
        CHECK_INT(r->n_hops, 0);
        CHECK_INT(room.transport.asked, 1);
        CHECK_STR(buf_slice(&r->body), i == 0 ? "text" : "");
        http_response_free(r);
        CHECK(close_room(&room));
    }
}

TEST(too_many_redirects)
{
    static const unsigned limits[] = {0, 1, 30};
    for (size_t i = 0; i < 3; i++) {
        struct room room;
        char expected[100];
        open_room(&room, ANSWERS({.status = 302, .headers = "Location: /a", .body = STR("x")}));
        room.spec.max_redirects = limits[i];
        struct http_response *r = ask(&room);
        snprintf(expected, sizeof(expected), "TooManyRedirects('Exceeded %u redirects.')",
                 limits[i]);
        CHECK_INT(r->failure, HTTP_TOO_MANY_REDIRECTS);
        CHECK_TEXT(r->failure_text, expected);
        CHECK_INT(r->status, 0);
        CHECK_INT(r->body.n, 0);
        CHECK_INT(room.transport.asked, limits[i] + 1);
        http_response_free(r);
        CHECK(close_room(&room));
    }
}

TEST(redirects_to_nowhere)
{
    static const char *const headers[] = {"Location: ftp://secret@h.org/",
                                          "Location: http://h.org:0/", "Location: mailto:me@h.org"};
    for (size_t i = 0; i < 3; i++) {
        struct room room;
        open_room(&room, ANSWERS({.status = 302, .headers = headers[i]}));
        struct http_response *r = ask(&room);
        CHECK_INT(r->failure, HTTP_BAD_REDIRECT);
        CHECK_TEXT(r->failure_text,
                   "InvalidURL('the Location of a redirect is no http or https URL')");
        CHECK_INT(r->n_hops, 1);
        http_response_free(r);
        CHECK(close_room(&room));
    }
}

/* Nobody keeps it, but it would never end. */
TEST(redirects_with_a_body_without_end)
{
    struct room room;
    struct str endless = {"x", HTTP_BODY_LIMIT + 1}; // nobody reads it
    open_room(&room, ANSWERS({.status = 302, .headers = "Location: /a", .body = endless}));
    struct http_response *r = ask(&room);
    CHECK_INT(r->failure, HTTP_TOO_LARGE);
    CHECK_TEXT(r->failure_text, "ResponseTooLarge('the body is larger than 1 GiB')");
    CHECK_INT(room.transport.asked, 1);
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(the_total_limit_spans_the_chain)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 302, .headers = "Location: /a", .after_s = 0.4}));
    room.spec.settings.total_s = 1;
    struct http_response *r = ask(&room);
    CHECK_INT(room.transport.asked, 3);
    CHECK_DOUBLE(room.transport.left_s[0], 1, 1e-9);
    CHECK_DOUBLE(room.transport.left_s[1], 0.6, 1e-6);
    CHECK_DOUBLE(room.transport.left_s[2], 0.2, 1e-6);
    CHECK_INT(r->failure, HTTP_TOTAL_TIMEOUT);
    CHECK_TEXT(r->failure_text, "Timeout('Request timed out. (timeout=1)')");
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(failures_of_the_transport)
{
    struct room room;
    open_room(&room, ANSWERS({.failure = HTTP_REFUSED,
                              .text = "ConnectionRefusedError(111, 'Connection refused')",
                              .was_not_sent = true},
                             {.status = 200,
                              .reason = "OK",
                              .headers = "X: 1",
                              .body = STR("half"),
                              .failure = HTTP_INCOMPLETE,
                              .text = "IncompleteRead(4 bytes read, 4 more expected)"}));
    struct http_response *r = ask(&room);
    CHECK_INT(r->failure, HTTP_REFUSED);
    CHECK_TEXT(r->failure_text, "ConnectionRefusedError(111, 'Connection refused')");
    CHECK_INT(r->status, 0);
    CHECK_TEXT(r->reason, "");
    CHECK_TEXT(r->url, "http://h.org/a?x=1");
    http_response_free(r);
    r = ask(&room);
    CHECK_INT(r->failure, HTTP_INCOMPLETE);
    CHECK_INT(r->status, 0);
    CHECK_INT(r->headers.n, 0);
    CHECK_INT(r->body.n, 0);
    CHECK_INT(r->length, 0);
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(urls_that_cannot_be_asked)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 200}));
    room.spec.url = STR("http://user:secret@:80/");
    struct http_response *r = ask(&room);
    CHECK_INT(r->failure, HTTP_SEND);
    CHECK(strstr(r->failure_text, "InvalidURL(") == r->failure_text);
    CHECK(strstr(r->failure_text, "secret") == NULL);
    CHECK_TEXT(r->request_target, "");
    CHECK_INT(room.transport.asked, 0);
    http_response_free(r);
    CHECK(close_room(&room));
}

static struct buf gzipped(struct str s)
{
    z_stream z = {.next_in = (unsigned char *)s.p, .avail_in = (uInt)s.n};
    struct buf out = BUF_INIT;
    unsigned char p[1024];
    deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    z.next_out = p;
    z.avail_out = sizeof(p);
    deflate(&z, Z_FINISH);
    buf_add(&out, p, z.total_out);
    deflateEnd(&z);
    return out;
}

static bool keep_piece(void *self, struct str piece)
{
    struct room *room = self;
    room->done += (int)piece.n * 1000;
    return true;
}

TEST(bodies_are_decoded)
{
    struct room room;
    struct buf coded = gzipped(STR("hello hello hello hello"));
    struct fake_answer answers[] = {
        {.status = 200, .headers = "content-encoding: gzip", .body = buf_slice(&coded), .step = 3},
        {.status = 200, .headers = "Content-Encoding: rot13", .body = STR("uryyb")},
        {.status = 200,
         .headers = "Content-Encoding: gzip",
         .body = STR("not gzip at all"),
         .step = 5},
        {.status = 200,
         .headers = "Content-Encoding: gzip",
         .body = str_slice(buf_slice(&coded), 0, 20)},
        {.status = 200, .headers = "Content-Encoding: gzip"},
        {.status = 302, .headers = "Content-Encoding: gzip\nLocation: /b", .body = STR("not gzip")},
        {.status = 200, .body = STR("after")},
        {.status = 200, .headers = "Content-Encoding: gzip", .body = buf_slice(&coded)},
        {.status = 200, .headers = "Content-Encoding: gzip", .body = buf_slice(&coded), .step = 7},
    };
    static const struct {
        const char *body, *failure;
    } expected[] = {
        {"hello hello hello hello", NULL},
        {"uryyb", NULL},
        {"", "ContentDecodingError('not gzip: incorrect header check')"},
        {"", "ContentDecodingError('gzip ends too early')"},
        {"", NULL},
        {"after", NULL},
        {"", NULL}, // HEAD: whatever the headers say
        {"", NULL}, // kept by nobody
    };
    open_room(&room, answers, sizeof(answers) / sizeof(*answers));
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        room.spec.method = i == 6 ? STR("HEAD") : STR("GET");
        room.spec.piece = i == 7 ? keep_piece : NULL;
        room.done = 0;
        if (i == 6)
            answers[7].body = STR_EMPTY;
        struct http_response *r = ask(&room);
        CHECK_STR(buf_slice(&r->body), expected[i].body);
        if (expected[i].failure == NULL) {
            CHECK(r->failure_text == NULL);
        } else {
            CHECK_INT(r->failure, HTTP_DECODE);
            CHECK_TEXT(r->failure_text, expected[i].failure);
        }
        if (i == 7) {
            CHECK_INT(room.done, 23001);
            CHECK_INT(r->length, 23);
        }
        http_response_free(r);
    }
    CHECK(close_room(&room));
    buf_release(&coded);
}

static bool refuse_piece(void *self, struct str piece)
{
    keep_piece(self, piece);
    return false;
}

TEST(pieces_may_be_held)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 302, .headers = "Location: /b", .body = STR("gone")},
                             {.status = 200, .body = STR("hello"), .step = 2, .stays = true}));
    room.spec.piece = refuse_piece;
    struct http_request *r =
        http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    while (loop_turn(room.loop, true))
        continue;
    CHECK_INT(room.done, 5000); // each that was refused was given all the same
    CHECK_INT(room.transport.held, 3);
    http_request_resume(r);
    CHECK_INT(room.transport.let_go, 1);
    CHECK(!http_request_is_done(r));
    http_request_stop(r);
    CHECK(http_request_is_done(r));
    CHECK_INT(room.done, 5001);
    CHECK_INT(room.transport.stopped, 1);
    http_request_stop(r); // once it is done: nothing
    http_request_resume(r);
    struct http_response *response = http_request_take_response(r);
    http_request_free(r);
    CHECK_INT(response->failure, HTTP_OK);
    CHECK_INT(response->status, 200);
    CHECK_INT(response->length, 5);
    CHECK_INT(response->body.n, 0);
    http_response_free(response);
    CHECK(close_room(&room));
}

TEST(a_stopped_answer_need_not_be_decoded_to_its_end)
{
    struct room room;
    struct buf coded = gzipped(STR("hello hello hello hello"));
    open_room(&room, ANSWERS({.status = 200,
                              .headers = "Content-Encoding: gzip",
                              .body = str_slice(buf_slice(&coded), 0, coded.n - 6),
                              .stays = true}));
    room.spec.piece = keep_piece;
    struct http_request *r =
        http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    while (loop_turn(room.loop, true))
        continue;
    http_request_stop(r);
    struct http_response *response = http_request_take_response(r);
    http_request_free(r);
    CHECK_INT(response->failure, HTTP_OK);
    CHECK_INT(response->length, 23);
    http_response_free(response);
    CHECK(close_room(&room));
    buf_release(&coded);
}

TEST(a_source_is_taken_and_sent_again)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 307, .headers = "Location: /b"},
                             {.status = 303, .headers = "Location: /c"}, {.status = 200}));
    struct http_body *body = http_body_new();
    http_body_add(body, STR("one two"));
    room.spec.method = STR("POST");
    room.spec.has_body = true;
    room.spec.source = &body;
    http_response_free(ask(&room));
    CHECK(body == NULL);
    CHECK(strstr(room.transport.lines[0], "||<one two>") != NULL);
    CHECK(strstr(room.transport.lines[1], "||<one two>") != NULL);
    CHECK(strstr(room.transport.lines[2], "||") == NULL);
    // one that fails at once takes it too
    body = http_body_new();
    room.spec.url = STR("nonsense");
    http_response_free(ask(&room));
    CHECK(body == NULL);
    CHECK(close_room(&room));
}

TEST(cancel_tells_nobody)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 302, .headers = "Location: /b", .after_s = 1},
                             {.status = 200, .after_s = 1, .was_not_sent = true}));
    // at once
    struct http_request *r =
        http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    CHECK(!http_request_was_sent(r));
    http_request_cancel(r);
    http_request_cancel(r);
    CHECK(http_request_was_sent(r));
    CHECK(!http_request_is_done(r));
    http_request_free(r);
    CHECK_INT(room.transport.cancelled, 1);
    // in the second hop, which has sent nothing: but the first one has
    room.transport.asked = 0;
    free(room.transport.lines[0]);
    r = http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    while (room.transport.asked < 2)
        loop_turn(room.loop, true);
    http_request_free(r);
    // one that failed at once, before it is told
    room.spec.url = STR("nonsense");
    r = http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    http_request_cancel(r);
    CHECK(!http_request_was_sent(r));
    http_request_free(r);
    while (loop_turn(room.loop, true))
        continue;
    CHECK_INT(room.done, 0);
    http_request_free(NULL);
    CHECK(close_room(&room));
}

static void free_in_done(void *self, struct http_request *r)
{
    struct room *room = self;
    room->done++;
    http_request_free(r);
}

TEST(may_be_freed_when_it_is_done)
{
    struct room room;
    open_room(&room,
              ANSWERS({.status = 200, .body = STR("x")}, {.failure = HTTP_CLOSED, .text = "x"},
                      {.status = 302, .headers = "Location: ftp://x/"}));
    for (int i = 0; i < 4; i++) {
        if (i == 3)
            room.spec.url = STR("nonsense");
        http_request_start(room.loop, room.session, &room.spec, free_in_done, &room);
        while (room.done == i)
            loop_turn(room.loop, true);
    }
    CHECK_INT(room.done, 4);
    CHECK(close_room(&room));
}

TEST(settings_are_copied)
{
    struct room room;
    open_room(&room, ANSWERS({.status = 200, .after_s = 1}));
    char proxy[] = "http://p:1", ca[] = "ca", cert[] = "cert", key[] = "key",
         url[] = "http://h.org/";
    room.spec.url = str_of(url);
    room.spec.settings = (struct http_settings){
        .proxy = proxy, .ca_file = ca, .cert_file = cert, .key_file = key, .read_s = 7};
    struct http_request *r =
        http_request_start(room.loop, room.session, &room.spec, on_done, &room);
    memset(proxy, 'x', sizeof(proxy) - 1);
    memset(ca, 'x', sizeof(ca) - 1);
    memset(url, 'x', sizeof(url) - 1);
    CHECK_INT(room.done, 0);
    http_request_free(r);
    CHECK_TEXT(room.transport.lines[0], "GET http://h.org/");
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(an_answer); RUN(what_waits_for_its_turn_waits_for_no_answer);
          RUN(redirects_change_method_and_body); RUN(a_chain_is_one_request);
          RUN(cookies_are_taken_and_sent_at_each_hop); RUN(redirects_that_are_not_followed);
          RUN(too_many_redirects); RUN(redirects_to_nowhere);
          RUN(redirects_with_a_body_without_end); RUN(the_total_limit_spans_the_chain);
          RUN(failures_of_the_transport); RUN(urls_that_cannot_be_asked); RUN(bodies_are_decoded);
          RUN(pieces_may_be_held); RUN(a_stopped_answer_need_not_be_decoded_to_its_end);
          RUN(a_source_is_taken_and_sent_again); RUN(cancel_tells_nobody);
          RUN(may_be_freed_when_it_is_done); RUN(settings_are_copied);)
