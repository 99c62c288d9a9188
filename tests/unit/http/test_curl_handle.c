/* test_curl_handle -- what is written for a request, and what is read of an answer. */
// SPDX-License-Identifier: MIT
#include "http/curl_handle.h"

#include "loop/loop.h"

#include "../check.h"
#include "raw_server.h"

/* What the sink heard. */
struct heard {
    int heads, status;
    char reason[100];
    struct http_headers headers;
    struct buf body;
    bool is_enough; /* after the first piece */
};

struct room {
    struct clock clock;
    struct loop *loop;
    struct raw_server server;
    struct curl_handle handle;
    struct heard heard;
    struct http_headers headers;
    struct http_settings settings;
    struct transfer_spec spec;
    struct transfer_end end;
    struct buf text;
    char url[1100];
};

static void on_head(void *self, int status, struct str reason, struct http_headers *headers)
{
    struct heard *h = self;
    h->heads++;
    h->status = status;
    snprintf(h->reason, sizeof(h->reason), "%.*s", STR_ARG(reason));
    http_headers_move(&h->headers, headers);
}

static bool on_body(void *self, struct str piece)
{
    struct heard *h = self;
    buf_add_str(&h->body, piece);
    return !h->is_enough;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* Answers by path. */
static bool answer(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    if (strcmp(path, "/interim") == 0) {
        raw_say(fd,
                "HTTP/1.1 100 Continue\r\nX: no\r\n\r\nHTTP/1.1 103 Early Hints\r\nX: no\r\n\r\n");
        raw_say(fd, "HTTP/1.1 201 Made Here\r\nA: 1\r\n"
                    "b:2\r\nEmpty:\r\nContent-Length: 2\r\n\r\nok");
    } else if (strcmp(path, "/switched") == 0) {
        raw_say(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n");
        return false;
    } else if (strcmp(path, "/folded") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nA: 1\r\n  2\r\nContent-Length: 2\r\n\r\nok");
    } else if (strcmp(path, "/trailers") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nTrailer: "
                    "x\r\n\r\n");
    } else if (strcmp(path, "/head") == 0) {
        raw_say(fd, "HTTP/1.1 200\r\nContent-Length: 1000\r\n\r\n");
    } else if (strcmp(path, "/large") == 0) {
        struct buf body = BUF_INIT;
        buf_add_many(&body, 'x', 100000);
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        raw_write(fd, body.p, body.n);
        buf_release(&body);
    } else if (strcmp(path, "/many") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\n");
        for (int i = 0; i <= HTTP_HEADERS_LIMIT; i++)
            raw_say(fd, "A: b\r\n");
        raw_say(fd, "\r\n");
    } else {
        raw_say(fd, OK);
    }
    return true;
}

static void open_room(struct room *room)
{
    memset(room, 0, sizeof(*room));
    curl_global_init(CURL_GLOBAL_DEFAULT);
    clock_init(&room->clock);
    room->loop = loop_new(&room->clock);
    raw_server_open(&room->server, answer);
    if (curl_handle_init(&room->handle, room->loop) < 0)
        BUG("no handle");
    room->settings = (struct http_settings){.verify = true};
}

static void close_room(struct room *room)
{
    curl_handle_clear(&room->handle);
    curl_handle_release(&room->handle);
    raw_server_close(&room->server);
    loop_free(room->loop);
    http_headers_release(&room->heard.headers);
    http_headers_release(&room->headers);
    buf_release(&room->heard.body);
    buf_release(&room->text);
    curl_global_cleanup();
}

/* Sends it, waiting, and returns what the server read. */
static const char *ask(struct room *room, const char *method, const char *path, const char *body)
{
    static const char *const no_lines[2] = {NULL, NULL};
    struct transfer_sink sink = {.self = &room->heard, .head = on_head, .body = on_body};
    room->heard.heads = 0;
    buf_clear(&room->heard.body);
    buf_clear(&room->text);
    snprintf(room->url, sizeof(room->url), "%s%s", room->server.base, path);
    room->spec = (struct transfer_spec){.method = str_of(method),
                                        .url = str_of(room->url),
                                        .headers = &room->headers,
                                        .has_body = body != NULL,
                                        .body = str_of(body),
                                        .settings = &room->settings};
    const char *why = curl_handle_prepare(&room->handle, &room->spec, &sink, no_lines, false);
    if (why != NULL)
        return why;
    CURLcode code = curl_easy_perform(room->handle.easy);
    memset(&room->end, 0, sizeof(room->end));
    curl_handle_end(&room->handle, code, 0, &room->end, &room->text);
    curl_handle_clear(&room->handle);
    return raw_last(&room->server);
}

/* The request as it should be, with the server's place filled in. */
static const char *request(struct room *room, const char *first, const char *rest)
{
    static char text[2048];
    snprintf(text, sizeof(text), "%s HTTP/1.1\r\nHost: %s\r\n%s", first, room->server.base + 7,
             rest);
    return text;
}

TEST(writes_what_it_is_given_and_no_more)
{
    struct room room;
    open_room(&room);
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), request(&room, "GET /a", "\r\n"));
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK(room.end.was_sent);
    CHECK_TEXT(ask(&room, "POST", "/a", "body"),
               request(&room, "POST /a", "Content-Length: 4\r\n\r\nbody"));
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), request(&room, "GET /a", "\r\n"));
    CHECK_TEXT(ask(&room, "HEAD", "/head", NULL), request(&room, "HEAD /head", "\r\n"));
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK_TEXT(room.heard.reason, "");
    CHECK_TEXT(ask(&room, "PUT", "/a", ""), request(&room, "PUT /a", "Content-Length: 0\r\n\r\n"));
    CHECK_TEXT(ask(&room, "DELETE", "/a", NULL),
               request(&room, "DELETE /a", "Content-Length: 0\r\n\r\n"));
    CHECK_TEXT(ask(&room, "GET", "/a?b=%C3%A9&c=/../d", "body"),
               request(&room, "GET /a?b=%C3%A9&c=/../d", "Content-Length: 4\r\n\r\nbody"));
    CHECK_TEXT(ask(&room, "OPTIONS", "/a/../b/./c", NULL),
               request(&room, "OPTIONS /a/../b/./c", "Content-Length: 0\r\n\r\n"));
    CHECK_TEXT(ask(&room, "HEAD", "/head", NULL), request(&room, "HEAD /head", "\r\n"));
    CHECK_TEXT(ask(&room, "GET", "/%2e%2E/%aF", NULL), request(&room, "GET /%2e%2E/%aF", "\r\n"));
    CHECK_INT(room.server.connections, 1);
    close_room(&room);
}

TEST(keeps_the_order_of_headers)
{
    struct room room;
    open_room(&room);
    http_headers_add(&room.headers, STR("Z"), STR("1"));
    http_headers_add(&room.headers, STR("accept"), STR("text/html"));
    http_headers_add(&room.headers, STR("Empty"), STR(""));
    http_headers_add(&room.headers, STR("A"), STR("2"));
    http_headers_add(&room.headers, STR("Empty-Too"), STR(""));
    http_headers_add(&room.headers, STR("A"), STR("3: x; y"));
    http_headers_add(&room.headers, STR("Authorization"), STR("Basic x"));
    http_headers_add(&room.headers, STR("Cookie"), STR("a=b"));
    http_headers_add(&room.headers, STR("Connection"), STR("keep-alive"));
    static const char rest[] =
        "Z: 1\r\naccept: text/html\r\nEmpty:\r\nA: 2\r\nEmpty-Too:\r\nA: 3: x; y\r\n"
        "Authorization: Basic x\r\nCookie: a=b\r\nConnection: keep-alive\r\n\r\n";
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), request(&room, "GET /a", rest));
    http_headers_clear(&room.headers);
    http_headers_add(&room.headers, STR("Content-Type"), STR("text/plain"));
    CHECK_TEXT(ask(&room, "POST", "/a", "x"),
               request(&room, "POST /a", "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"));
    http_headers_clear(&room.headers);
    http_headers_add(&room.headers, STR("Host"), STR("virtual.example"));
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), "GET /a HTTP/1.1\r\nHost: virtual.example\r\n\r\n");
    close_room(&room);
}

TEST(large_bodies_wait_for_nobody)
{
    struct room room;
    open_room(&room);
    struct buf body = BUF_INIT;
    buf_add_many(&body, 'x', 3 << 20);
    ask(&room, "POST", "/a", buf_cstr(&body));
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK(strstr(raw_last(&room.server), "Content-Length: 3145728\r\n") != NULL);
    CHECK(strstr(raw_last(&room.server), "Expect") == NULL);
    buf_release(&body);
    close_room(&room);
}

TEST(reads_heads)
{
    struct room room;
    open_room(&room);
    ask(&room, "GET", "/interim", NULL);
    CHECK_INT(room.heard.heads, 1);
    CHECK_INT(room.heard.status, 201);
    CHECK_TEXT(room.heard.reason, "Made Here");
    CHECK_INT(room.heard.headers.n, 4);
    CHECK_TEXT(http_headers_line(&room.heard.headers, 0), "A: 1");
    CHECK_TEXT(http_headers_line(&room.heard.headers, 1), "b: 2");
    CHECK_TEXT(http_headers_line(&room.heard.headers, 2), "Empty: ");
    CHECK_TEXT(buf_cstr(&room.heard.body), "ok");
    ask(&room, "GET", "/trailers", NULL);
    CHECK_INT(room.heard.heads, 1);
    CHECK_INT(room.heard.headers.n, 1);
    CHECK_TEXT(buf_cstr(&room.heard.body), "ok");
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK(room.end.timings.wait >= 0);
    close_room(&room);
}

TEST(refuses_heads)
{
    struct room room;
    open_room(&room);
    ask(&room, "GET", "/folded", NULL);
    CHECK_INT(room.heard.heads, 0);
    CHECK_INT(room.end.failure, HTTP_BAD_RESPONSE);
    CHECK_TEXT(buf_cstr(&room.text), "InvalidHeader('a header goes on in the next line')");
    close_room(&room);
}

TEST(takes_101_for_an_answer)
{
    struct room room;
    open_room(&room);
    ask(&room, "GET", "/switched", NULL);
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK_INT(room.heard.status, 101);
    CHECK_INT(room.heard.body.n, 0);
    close_room(&room);
}

TEST(stops_where_it_is_told)
{
    struct room room;
    open_room(&room);
    room.heard.is_enough = true;
    ask(&room, "GET", "/a", NULL);
    CHECK_INT(room.end.failure, HTTP_OTHER);
    CHECK_TEXT(buf_cstr(&room.text), "RequestError('stopped')");
    room.heard.is_enough = false;
    ask(&room, "GET", "/many", NULL);
    CHECK_INT(room.end.failure, HTTP_TOO_LARGE);
    CHECK_TEXT(buf_cstr(&room.text), "ResponseTooLarge('there are more than 1000 headers')");
    CHECK_INT(room.heard.heads, 0);
    close_room(&room);
}

TEST(a_reset_one_is_as_new)
{
    struct room room;
    open_room(&room);
    http_headers_add(&room.headers, STR("X"), STR("1"));
    room.settings.verify = false;
    room.settings.version = HTTP_VERSION_1_0;
    ask(&room, "PATCH", "/a", "x");
    CHECK(strstr(raw_last(&room.server), "PATCH /a HTTP/1.0\r\n") != NULL);
    curl_handle_reset(&room.handle);
    http_headers_clear(&room.headers);
    room.settings = (struct http_settings){.verify = true};
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), request(&room, "GET /a", "\r\n"));
    CHECK_INT(room.end.failure, HTTP_OK);
    close_room(&room);
}

TEST(small_answers_have_a_small_buffer)
{
    struct room room;
    open_room(&room);
    for (int i = 0; i < 4; i++) {
        ask(&room, "GET", "/a", NULL);
        CHECK(!room.handle.has_small_buffer);
    }
    ask(&room, "GET", "/large", NULL); // not foreseen, and read nevertheless
    CHECK(room.handle.has_small_buffer);
    CHECK_INT(room.end.failure, HTTP_OK);
    CHECK_INT(room.heard.body.n, 100000);
    for (int i = 0; i < 101; i++) {
        ask(&room, "GET", "/a", NULL);
        CHECK_INT(room.handle.has_small_buffer, i == 100);
    }
    close_room(&room);
}

TEST(sends_only_once)
{
    struct room room;
    open_room(&room);
    ask(&room, "GET", "/a", NULL);
    // as libcurl would begin again
    room.handle.spec = &room.spec;
    CHECK(!curl_handle_may_send(&room.handle));
    CHECK(room.handle.was_retried);
    room.settings.version = HTTP_VERSION_2;
    CHECK(curl_handle_may_send(&room.handle));
    room.spec.method = STR("POST");
    CHECK(!curl_handle_may_send(&room.handle));
    close_room(&room);
}

TEST(refuses_what_libcurl_cannot_ask)
{
    struct room room;
    open_room(&room);
    snprintf(room.server.base, sizeof(room.server.base), "http://a b");
    CHECK(strstr(ask(&room, "GET", "/a", NULL), "HTTP") == NULL);
    snprintf(room.server.base, sizeof(room.server.base), "http://127.0.0.1:%d", room.server.port);
    CHECK_TEXT(ask(&room, "GET", "/a", NULL), request(&room, "GET /a", "\r\n"));
    close_room(&room);
}

TEST_MAIN(RUN(writes_what_it_is_given_and_no_more); RUN(keeps_the_order_of_headers);
          RUN(large_bodies_wait_for_nobody); RUN(reads_heads); RUN(refuses_heads);
          RUN(takes_101_for_an_answer); RUN(stops_where_it_is_told); RUN(a_reset_one_is_as_new);
          RUN(small_answers_have_a_small_buffer); RUN(sends_only_once);
          RUN(refuses_what_libcurl_cannot_ask);)
