/* test_h1_connection -- one connection, request after request. */
// SPDX-License-Identifier: MIT
#include "http/h1_connection.h"

#include "../check.h"
#include "raw_server.h"

/* A connection, and what became of the request on it. */
struct room {
    struct clock clock;
    struct loop *loop;
    struct resolver *resolver;
    struct raw_server server;
    struct h1_line line;
    struct h1_connection *connection; /* NULL: it was lost */
    struct url url;
    char url_text[100];

    struct http_headers headers;
    struct http_settings settings;
    struct transfer_spec spec;
    struct h1_exchange exchange;
    int heads, pieces, ended;
    bool is_enough; /* with the first piece */
    struct buf body, text;
    enum http_failure failure;
    bool keeps;
};

/* Not on the stack: the callbacks of the line have no other way to it. */
static struct room room;

static void on_head(void *self, int status, struct str reason, struct http_headers *headers)
{
    (void)self;
    (void)reason;
    (void)headers;
    room.heads += status == 200;
}

static bool on_body(void *self, struct str piece)
{
    (void)self;
    room.pieces++;
    buf_add_str(&room.body, piece);
    return !room.is_enough;
}

static void on_ended(struct h1_exchange *x, struct h1_connection *c, enum http_failure failure,
                     struct str text, bool keeps_connection)
{
    (void)x;
    (void)c;
    room.ended++;
    room.failure = failure;
    room.keeps = keeps_connection;
    buf_add_str(&room.text, text);
}

static void on_lost(struct h1_connection *c)
{
    h1_connection_close(c);
    room.connection = NULL;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static bool answer(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    if (strcmp(path, "/drip") == 0) {
        const char *text = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
        for (; *text != '\0'; text++) {
            raw_write(fd, text, 1);
            usleep(200);
        }
    } else if (strcmp(path, "/surplus") == 0) {
        raw_say(fd, OK OK);
    } else if (strcmp(path, "/last") == 0) {
        raw_say(fd, OK);
        return false;
    } else if (strcmp(path, "/large") == 0) {
        char piece[10000];
        memset(piece, 'x', sizeof(piece));
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
        for (int i = 0; i < 500; i++)
            raw_write(fd, piece, sizeof(piece));
    } else {
        raw_say(fd, OK);
    }
    return true;
}

/* Says no to a request before it has read its body. */
static bool refuse(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    (void)fd;
    (void)path;
    return false;
}

static void open_room(bool (*how)(struct raw_server *s, int fd, const char *path))
{
    struct err err = ERR_INIT;
    memset(&room, 0, sizeof(room));
    raw_server_open(&room.server, how);
    clock_init(&room.clock);
    room.loop = loop_new(&room.clock);
    room.resolver = resolver_new(room.loop, &err);
    h1_line_init(&room.line, room.loop, room.resolver, NULL);
    room.line.ended = on_ended;
    room.line.lost = on_lost;
    snprintf(room.url_text, sizeof(room.url_text), "%s/", room.server.base);
    if (url_parse(&room.url, str_of(room.url_text), &err) < 0)
        BUG(err.text);
    room.connection = h1_connection_open(&room.line, NULL, &(struct h1_place){.url = &room.url});
}

static bool close_room(void)
{
    if (room.connection != NULL)
        h1_connection_close(room.connection);
    h1_line_release(&room.line);
    resolver_free(room.resolver);
    bool is_idle = loop_is_idle(room.loop);
    loop_free(room.loop);
    raw_server_close(&room.server);
    http_headers_release(&room.headers);
    buf_release(&room.body);
    buf_release(&room.text);
    return is_idle;
}

static int send_request(const char *method, const char *path, struct str body)
{
    room.heads = room.pieces = room.ended = 0;
    buf_clear(&room.body);
    buf_clear(&room.text);
    snprintf(room.url_text, sizeof(room.url_text), "%s%s", room.server.base, path);
    room.spec = (struct transfer_spec){.method = str_of(method),
                                       .url = str_of(room.url_text),
                                       .headers = &room.headers,
                                       .has_body = body.n > 0,
                                       .body = body,
                                       .settings = &room.settings};
    if (url_parse(&room.spec.parts, room.spec.url, NULL) < 0)
        BUG("no URL");
    room.exchange.spec = &room.spec;
    room.exchange.sink = (struct transfer_sink){.head = on_head, .body = on_body};
    h1_exchange_init(&room.exchange);
    return h1_connection_send(room.connection, &room.exchange);
}

static bool wait_ended(void)
{
    while (room.ended == 0 && loop_turn(room.loop, true))
        continue;
    h1_exchange_release(&room.exchange);
    return room.ended == 1;
}

static bool ask(const char *method, const char *path, struct str body)
{
    return send_request(method, path, body) == 0 && wait_ended();
}

TEST(request_after_request)
{
    open_room(answer);
    for (int i = 0; i < 3; i++) {
        CHECK(ask("GET", "/", STR_EMPTY)); // the first waits for the connection
        CHECK_INT(room.failure, HTTP_OK);
        CHECK_INT(room.heads, 1);
        CHECK_TEXT(buf_cstr(&room.body), "ok");
        CHECK(room.keeps);
        CHECK((i == 0) == (room.exchange.sent_ns != 0));
        CHECK((i > 0) == (room.exchange.gone_ns != 0));
        CHECK(room.exchange.first_ns >= room.exchange.gone_ns);
        CHECK(room.exchange.was_sent);
        CHECK(room.exchange.last_ns >= room.exchange.first_ns);
        CHECK(!h1_connection_is_dead(room.connection));
    }
    CHECK_INT(room.server.connections, 1);
    CHECK_INT(room.server.requests, 3);
    CHECK(close_room());
}

TEST(an_answer_byte_by_byte)
{
    open_room(answer);
    CHECK(ask("GET", "/drip", STR_EMPTY));
    CHECK_INT(room.failure, HTTP_OK);
    CHECK_INT(room.heads, 1);
    CHECK_TEXT(buf_cstr(&room.body), "ok");
    CHECK(room.keeps);
    CHECK(ask("GET", "/", STR_EMPTY));
    CHECK_TEXT(buf_cstr(&room.body), "ok");
    CHECK(close_room());
}

TEST(a_large_answer)
{
    open_room(answer);
    CHECK(ask("GET", "/large", STR_EMPTY));
    CHECK_INT(room.failure, HTTP_OK);
    CHECK_INT(room.body.n, 5000000);
    CHECK(room.keeps);
    CHECK(ask("HEAD", "/last", STR_EMPTY)); // its body is surplus
    CHECK_INT(room.failure, HTTP_OK);
    CHECK_INT(room.body.n, 0);
    CHECK(!room.keeps);
    CHECK(close_room());
}

TEST(one_that_was_not_written_yet)
{
    open_room(answer);
    CHECK(ask("GET", "/", STR_EMPTY));
    CHECK_INT(send_request("GET", "/", STR_EMPTY), 0);
    CHECK(room.exchange.was_sent);
    h1_connection_close(room.connection);
    room.connection = NULL;
    CHECK(!room.exchange.was_sent);
    loop_turn(room.loop, false);
    h1_exchange_release(&room.exchange);
    CHECK_INT(room.ended, 0);
    CHECK(close_room());
    CHECK_INT(room.server.requests, 1);
}

TEST(a_large_body)
{
    struct buf body = BUF_INIT;
    buf_add_many(&body, 'x', 3 << 20);
    open_room(answer);
    CHECK(ask("POST", "/", buf_slice(&body)));
    CHECK_INT(room.failure, HTTP_OK);
    CHECK(room.keeps);
    CHECK_INT(room.server.requests, 1);
    // cut off under it
    CHECK_INT(send_request("POST", "/", buf_slice(&body)), 0);
    loop_turn(room.loop, false);
    h1_connection_close(room.connection);
    room.connection = NULL;
    h1_exchange_release(&room.exchange);
    CHECK_INT(room.ended, 0);
    CHECK(close_room());
    buf_release(&body);
}

TEST(what_is_surplus_is_no_answer)
{
    open_room(answer);
    CHECK(ask("GET", "/surplus", STR_EMPTY));
    CHECK_INT(room.failure, HTTP_OK);
    CHECK_TEXT(buf_cstr(&room.body), "ok");
    CHECK(!room.keeps);
    CHECK(close_room());
}

TEST(enough_is_enough)
{
    open_room(answer);
    room.is_enough = true;
    CHECK(ask("GET", "/large", STR_EMPTY));
    CHECK_INT(room.failure, HTTP_OTHER);
    CHECK_INT(room.pieces, 1);
    CHECK_TEXT(buf_cstr(&room.text), "RequestError('stopped')");
    CHECK(!room.keeps);
    CHECK(close_room());
}

TEST(one_that_the_server_closed)
{
    open_room(answer);
    CHECK(ask("GET", "/last", STR_EMPTY));
    CHECK(room.keeps); // so it said
    raw_wait_closed(&room.server);
    CHECK(h1_connection_is_dead(room.connection));
    while (room.connection != NULL && loop_turn(room.loop, true))
        continue;
    CHECK(room.connection == NULL);
    CHECK(close_room());
}

TEST(one_that_was_never_answered)
{
    open_room(refuse);
    CHECK(ask("GET", "/", STR_EMPTY));
    CHECK_INT(room.failure, HTTP_CLOSED);
    CHECK(!room.keeps);
    CHECK(room.exchange.was_sent);
    CHECK(close_room());
}

TEST(whom_it_serves)
{
    open_room(answer);
    struct url url = room.url;
    struct h1_place place = {.url = &url};
    CHECK(h1_connection_serves(room.connection, &place));
    url.port++;
    CHECK(!h1_connection_serves(room.connection, &place));
    url = room.url;
    url.host = STR("localhost");
    CHECK(!h1_connection_serves(room.connection, &place));
    // under TLS, only what was secured in the same way
    struct err err = ERR_INIT;
    url = room.url;
    place.tls = tls_context_new(&(struct tls_settings){.verify = false}, &err);
    CHECK(!h1_connection_serves(room.connection, &place));
    tls_context_free(place.tls);
    CHECK(close_room());
}

TEST_MAIN(RUN(request_after_request); RUN(an_answer_byte_by_byte); RUN(a_large_answer);
          RUN(one_that_was_not_written_yet); RUN(a_large_body); RUN(what_is_surplus_is_no_answer);
          RUN(enough_is_enough); RUN(one_that_the_server_closed); RUN(one_that_was_never_answered);
          RUN(whom_it_serves);)
