/*
 * transport_cases -- what holds for each transport: requests over real sockets, against a server that
 * plays every trick. Whoever includes this defines make_transport before, and RUNs what fits.
 */
// SPDX-License-Identifier: MIT
#ifndef TESTS_HTTP_TRANSPORT_CASES_H
#define TESTS_HTTP_TRANSPORT_CASES_H

#include "http/request.h"

#include <poll.h>
#include <sys/resource.h>

#include "../check.h"
#include "raw_server.h"
#include "wire.h"

/* In test_curl_transport.c, test_h1_transport.c, … */
static struct transport *make_transport(struct loop *loop, struct resolver *resolver,
                                        struct err *err);

/* That make_transport uses; NULL: none. */
static const struct sources *case_sources;

static void say_many(int fd, char c, size_t n)
{
    char piece[65536];
    memset(piece, c, sizeof(piece));
    for (; n > 0; n -= n < sizeof(piece) ? n : sizeof(piece))
        raw_write(fd, piece, n < sizeof(piece) ? n : sizeof(piece));
}

static void say_large_head(int fd)
{
    raw_say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 300; i++) {
        raw_say(fd, "A: ");
        say_many(fd, 'x', 1000);
        raw_say(fd, "\r\n");
    }
    raw_say(fd, "\r\n");
}

/* For 1.2 s, none of them long without a byte. */
static void drip(int fd)
{
    raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n");
    for (int i = 0; i < 30; i++) {
        usleep(40000);
        raw_say(fd, "x");
    }
}

/* What came of a body that is told in pieces. */
static struct {
    atomic_size_t n;
    size_t pieces;
    bool is_enough; /* says no to each */
} seen;

/* Says each byte once the one before it has been told. */
static void say_stepwise(int fd)
{
    raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n");
    for (size_t i = 0; i < 30; i++) {
        raw_say(fd, "x");
        for (int tries = 0; atomic_load(&seen.n) <= i && tries < 20000; tries++)
            usleep(1000);
    }
}

/* What is said, and then the connection is closed. */
static const struct {
    const char *path, *text;
} lines[] = {
    {"/garbage", "garbage garbage\r\n\r\n"},
    {"/html", "<html>old</html>"},
    {"/version", "HTTP/9.9 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"/status", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"},
    {"/half-head", "HTTP/1.1 200 OK\r\nContent-Le"},
    {"/short", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhello"},
    {"/short-chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
    {"/bad-chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n"},
    {"/bad-length", "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nhello"},
    {"/huge-length", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nhello"},
    {"/two-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 2\r\n\r\nhello"},
    {"/same-lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello"},
    {"/length-list", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello"},
    {"/length-and-chunked", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"
                            "\r\n0\r\n\r\n"},
    {"/coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: wonder\r\n\r\nhello"},
    {"/codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"},
    {"/fold", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n"},
    {"/blank", "HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 0\r\n\r\n"},
    {"/bare-lf", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
    {"/bare-lf-inside", "HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n"},
    {"/http2", "HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n"},
    {"/switched", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n\r\n"},
    {"/no-colon", "HTTP/1.1 200 OK\r\nNo colon\r\nContent-Length: 0\r\n\r\n"},
    {"/not-gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"},
    {"/until-close", "HTTP/1.0 200 OK\r\n\r\nall until the end"},
    {"/too-long", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more"},
    {"/last", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"}, // and closes without a word
};

#define LATE_MS 30

static atomic_bool may_reset;
static atomic_int stalls; /* answers that have come to where they say no more */

static void stall(int fd)
{
    atomic_fetch_add(&stalls, 1);
    raw_stall(fd);
}

static bool answer(struct raw_server *s, int fd, const char *path)
{
    (void)s;
    if (strcmp(path, "/reset-idle") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        while (!atomic_load(&may_reset))
            usleep(1000);
        raw_reset(fd);
        return false;
    }
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
        if (strcmp(path, lines[i].path) == 0) {
            raw_say(fd, lines[i].text);
            return false;
        }
    }
    if (strcmp(path, "/close") == 0)
        return false;
    if (strcmp(path, "/reset") == 0) {
        raw_reset(fd);
        return false;
    }
    if (strcmp(path, "/long-line") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nA: ");
        say_many(fd, 'x', 10 << 20);
        return false;
    }
    if (strcmp(path, "/large-head") == 0) {
        say_large_head(fd);
        return false;
    }
    if (strcmp(path, "/stall") == 0) {
        stall(fd);
        return false;
    }
    if (strcmp(path, "/stall-body") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
        stall(fd);
        return false;
    }
    if (strcmp(path, "/large") == 0) {
        raw_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 20000000\r\n\r\n");
        say_many(fd, 'x', 20000000);
        return true;
    }
    if (strcmp(path, "/late") == 0)
        usleep(LATE_MS * 1000);
    if (strcmp(path, "/stepwise") == 0)
        say_stepwise(fd);
    else if (strcmp(path, "/again") == 0)
        raw_say(fd, "HTTP/1.1 307 Again\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
    else if (strcmp(path, "/drip") == 0)
        drip(fd);
    else if (strcmp(path, "/redirect") == 0)
        raw_say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 4\r\n\r\ngone");
    else
        raw_say(fd,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello");
    return true;
}

struct room {
    struct raw_server server;
    struct wire wire;
    struct http_session *session;
    struct http_spec spec;
    char url[200];
};

static void open_room(struct room *room)
{
    raw_server_open(&room->server, answer);
    wire_open(&room->wire, make_transport);
    room->session = http_session_new(room->wire.transport);
    room->spec = wire_spec("GET", "");
}

static bool close_room(struct room *room)
{
    http_session_free(room->session);
    bool is_clean = wire_close(&room->wire);
    raw_server_close(&room->server);
    return is_clean;
}

static const struct http_spec *to(struct room *room, const char *path)
{
    snprintf(room->url, sizeof(room->url), "%s%s", room->server.base, path);
    room->spec.url = str_of(room->url);
    return &room->spec;
}

static struct http_response *ask(struct room *room, const char *path)
{
    return wire_ask(&room->wire, room->session, to(room, path));
}

TEST(an_answer)
{
    struct room room;
    open_room(&room);
    struct http_response *r = ask(&room, "/ok?x=1");
    CHECK_INT(r->failure, HTTP_OK);
    CHECK_INT(r->status, 200);
    CHECK_TEXT(r->reason, "OK");
    CHECK_STR(buf_slice(&r->body), "hello");
    CHECK_TEXT(r->request_target, "/ok?x=1");
    CHECK(r->timings.connect > 0);
    CHECK(r->timings.tls == 0 && r->timings.dns == 0);
    CHECK(r->response_time_ms >= r->timings.wait + r->timings.receive);
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(a_connection_is_kept_and_is_the_sessions)
{
    struct room room;
    open_room(&room);
    struct http_session *other = http_session_new(room.wire.transport);
    for (int i = 0; i < 3; i++) {
        struct http_response *r = ask(&room, "/ok");
        CHECK_INT(r->status, 200);
        CHECK((i == 0) == (r->timings.connect > 0));
        http_response_free(r);
        http_response_free(wire_ask(&room.wire, other, &room.spec));
    }
    http_response_free(ask(&room, "/redirect"));
    CHECK_INT(room.server.connections, 2);
    CHECK_INT(room.server.requests, 8);
    http_session_free(other);
    CHECK(close_room(&room));
}

TEST(a_session_may_disconnect)
{
    struct room room;
    open_room(&room);
    http_session_disconnect(room.session); // there is nothing yet
    http_response_free(ask(&room, "/ok"));
    http_session_disconnect(room.session);
    raw_wait_closed(&room.server);
    CHECK(loop_is_idle(room.wire.loop));
    struct http_request *r = wire_start(&room.wire, room.session, to(&room, "/ok"));
    http_session_disconnect(room.session); // it is used
    wire_wait(&room.wire, r);
    struct http_response *response = http_request_take_response(r);
    http_request_free(r);
    CHECK_INT(response->status, 200);
    http_response_free(response);
    CHECK_INT(room.server.connections, 2);
    CHECK(close_room(&room));
}

TEST(several_at_once_have_connections_of_their_own)
{
    struct room room;
    struct http_request *r[4];
    open_room(&room);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 4; i++)
            r[i] = wire_start(&room.wire, room.session, to(&room, i == 3 ? "/redirect" : "/ok"));
        for (size_t i = 0; i < 4; i++) {
            wire_wait(&room.wire, r[i]);
            struct http_response *response = http_request_take_response(r[i]);
            CHECK_INT(response->status, 200);
            http_response_free(response);
            http_request_free(r[i]);
        }
    }
    CHECK(room.server.connections <= 5); // the redirect may have come first
    CHECK_INT(room.server.requests, 10);
    CHECK(close_room(&room));
}

TEST(names_are_resolved)
{
    struct room room;
    open_room(&room);
    snprintf(room.url, sizeof(room.url), "http://LocalHost:%d/ok", room.server.port);
    room.spec.url = str_of(room.url);
    for (int i = 0; i < 2; i++) {
        struct http_response *r = wire_ask(&room.wire, room.session, &room.spec);
        CHECK_INT(r->status, 200);
        CHECK_TEXT(r->url, room.url);
        http_response_free(r);
    }
    CHECK_INT(room.server.connections, 1);
    room.spec.url = STR("http://name..empty/");
    struct http_response *r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_NAME_UNKNOWN);
    CHECK(strstr(r->failure_text, "gaierror(-") == r->failure_text);
    CHECK(!strstr(r->failure_text, "empty"));
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(failures_by_name)
{
    static const struct {
        const char *path;
        enum http_failure failure;
        const char *text;
    } cases[] = {
        {"/close", HTTP_CLOSED,
         "RemoteDisconnected('Remote end closed connection without response')"},
        {"/reset", HTTP_RESET, "ConnectionResetError(104, 'Connection reset by peer')"},
        {"/garbage", HTTP_BAD_RESPONSE, "BadStatusLine('the answer does not begin with HTTP/')"},
        {"/html", HTTP_BAD_RESPONSE, "BadStatusLine('the answer does not begin with HTTP/')"},
        {"/version", HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported HTTP version (9.9) in response')"},
        {"/status", HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported response code in HTTP response')"},
        {"/half-head", HTTP_INCOMPLETE, "IncompleteRead(0 bytes read)"},
        {"/short", HTTP_INCOMPLETE, "IncompleteRead(5 bytes read, 15 more expected)"},
        {"/short-chunked", HTTP_INCOMPLETE, "IncompleteRead(5 bytes read)"},
        {"/bad-chunk", HTTP_BAD_RESPONSE,
         "InvalidChunkLength('Illegal or missing hexadecimal sequence in chunked-encoding')"},
        {"/bad-length", HTTP_BAD_RESPONSE, "InvalidHeader('Invalid Content-Length: value')"},
        {"/huge-length", HTTP_BAD_RESPONSE, "InvalidHeader('Content-Length is no length')"},
        {"/two-lengths", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length comes twice, and differs')"},
        {"/same-lengths", HTTP_OK, NULL},
        {"/length-list", HTTP_BAD_RESPONSE, "InvalidHeader('Content-Length is no length')"},
        {"/length-and-chunked", HTTP_BAD_RESPONSE,
         "InvalidHeader('Content-Length and Transfer-Encoding come together')"},
        {"/coding", HTTP_BAD_RESPONSE,
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {"/codings", HTTP_BAD_RESPONSE,
         "InvalidHeader('Transfer-Encoding is not chunked, once and alone')"},
        {"/fold", HTTP_BAD_RESPONSE, "InvalidHeader('a header goes on in the next line')"},
        {"/blank", HTTP_BAD_RESPONSE,
         "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
        {"/bare-lf", HTTP_BAD_RESPONSE, "BadStatusLine('a line ends without a carriage return')"},
        {"/bare-lf-inside", HTTP_BAD_RESPONSE,
         "InvalidHeader('a line ends without a carriage return')"},
        {"/http2", HTTP_BAD_RESPONSE,
         "BadStatusLine('Unsupported HTTP version (2.0) in response')"},
        {"/switched", HTTP_OK, NULL},
        {"/no-colon", HTTP_BAD_RESPONSE, "InvalidHeader('Header without colon')"},
        {"/not-gzip", HTTP_DECODE, "ContentDecodingError('not gzip: incorrect header check')"},
        {"/long-line", HTTP_TOO_LARGE, "ResponseTooLarge('a header is too long')"},
        {"/large-head", HTTP_TOO_LARGE, "ResponseTooLarge('the headers are longer than 256 KB')"},
        {"/until-close", HTTP_OK, NULL},
        {"/too-long", HTTP_OK, NULL},
    };
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        // on a fresh connection, and on one that was used before
        for (int used = 0; used < 2; used++) {
            struct http_session *s = http_session_new(room.wire.transport);
            if (used)
                http_response_free(wire_ask(&room.wire, s, to(&room, "/ok")));
            int requests = room.server.requests, connections = room.server.connections;
            struct http_response *r = wire_ask(&room.wire, s, to(&room, cases[i].path));
            CHECK_INT(r->failure, cases[i].failure);
            if (cases[i].text != NULL) {
                CHECK_TEXT(r->failure_text, cases[i].text);
                CHECK_INT(r->status, 0);
            }
            http_response_free(r);
            // sent once, whatever became of it
            CHECK_INT(room.server.requests, requests + 1);
            CHECK_INT(room.server.connections, connections + (used ? 0 : 1));
            http_session_free(s);
        }
    }
    CHECK(close_room(&room));
}

TEST(a_connection_that_died_idle_is_replaced)
{
    static const char *const methods[] = {"GET", "POST"};
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < 2; i++) {
        room.spec.method = STR("GET");
        room.spec.has_body = false;
        http_response_free(ask(&room, "/last"));
        raw_wait_closed(&room.server);
        loop_turn(room.wire.loop, false); // it is seen while nobody asks
        room.spec.method = str_of(methods[i]);
        room.spec.has_body = i == 1;
        struct http_response *r = ask(&room, "/ok");
        CHECK_INT(r->failure, HTTP_OK);
        CHECK(r->timings.connect > 0);
        http_response_free(r);
        CHECK_INT(room.server.requests, (int)(2 * i) + 2);
    }
    CHECK(close_room(&room));
}

/* A reset is told by the first write at the earliest, of which nothing has left. */
TEST(a_connection_that_was_reset_idle_is_replaced)
{
    static const char *const methods[] = {"GET", "POST"};
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < 2; i++) {
        atomic_store(&may_reset, false);
        room.spec.method = STR("GET");
        room.spec.has_body = false;
        http_response_free(ask(&room, "/reset-idle"));
        atomic_store(&may_reset, true);
        raw_wait_closed(&room.server);
        room.spec.method = str_of(methods[i]);
        room.spec.has_body = i == 1;
        struct http_response *r = ask(&room, "/ok");
        CHECK_INT(r->failure, HTTP_OK);
        CHECK(r->timings.connect > 0);
        http_response_free(r);
        CHECK_INT(room.server.requests, (int)(2 * i) + 2);
    }
    CHECK(close_room(&room));
}

TEST(a_connection_ends_where_the_request_says_so)
{
    struct room room;
    struct http_headers headers = {.n = 0};
    open_room(&room);
    http_headers_add(&headers, STR("Connection"), STR("other, Close"));
    room.spec.headers = &headers;
    http_response_free(ask(&room, "/ok"));
    room.spec.headers = NULL;
    http_response_free(ask(&room, "/ok"));
    CHECK_INT(room.server.connections, 2);
    room.spec.settings.version = HTTP_VERSION_1_0;
    http_response_free(ask(&room, "/ok"));
    CHECK_INT(room.server.connections, 2);
    room.spec.settings.version = HTTP_VERSION_DEFAULT;
    http_response_free(ask(&room, "/ok"));
    CHECK_INT(room.server.connections, 3);
    http_headers_release(&headers);
    CHECK(close_room(&room));
}

TEST(nobody_listens)
{
    struct room room;
    open_room(&room);
    room.spec.url = STR("http://127.0.0.1:1/");
    struct http_request *request = wire_start(&room.wire, room.session, &room.spec);
    wire_wait(&room.wire, request);
    CHECK(!http_request_was_sent(request));
    struct http_response *r = http_request_take_response(request);
    http_request_free(request);
    CHECK_INT(r->failure, HTTP_REFUSED);
    CHECK_TEXT(r->failure_text, "ConnectionRefusedError(111, 'Connection refused')");
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(limits)
{
    static const struct {
        const char *path;
        double connect_s, read_s, total_s;
        enum http_failure failure;
        const char *text;
    } cases[] = {
        {"/stall", 60, 0.05, 0, HTTP_READ_TIMEOUT,
         "ReadTimeout('Read timed out. (read timeout=0.05)')"},
        {"/stall-body", 60, 0.05, 0, HTTP_READ_TIMEOUT,
         "ReadTimeout('Read timed out. (read timeout=0.05)')"},
        {"/stall", 0, 0, 0.05, HTTP_TOTAL_TIMEOUT, "Timeout('Request timed out. (timeout=0.05)')"},
        {"/stall", 60, 60, 0.05, HTTP_TOTAL_TIMEOUT,
         "Timeout('Request timed out. (timeout=0.05)')"},
        {"/drip", 0, 0, 0.05, HTTP_TOTAL_TIMEOUT, "Timeout('Request timed out. (timeout=0.05)')"},
        // longer than the limit in all, but never without a byte so long
        {"/drip", 0, 1, 0, HTTP_OK, NULL},
    };
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        room.spec.settings.connect_s = cases[i].connect_s;
        room.spec.settings.read_s = cases[i].read_s;
        room.spec.settings.total_s = cases[i].total_s;
        struct http_response *r = ask(&room, cases[i].path);
        CHECK_INT(r->failure, cases[i].failure);
        if (cases[i].text != NULL) {
            CHECK_TEXT(r->failure_text, cases[i].text);
            CHECK(r->response_time_ms >= 49);
        } else {
            CHECK(r->response_time_ms > 1000);
        }
        http_response_free(r);
    }
    CHECK(close_room(&room));
}

TEST(the_limit_to_connect_includes_the_handshake)
{
    struct room room;
    open_room(&room);
    room.spec.settings = (struct http_settings){.connect_s = 0.05, .read_s = 60, .verify = true};
    // a server that takes the connection, and says nothing to TLS
    snprintf(room.url, sizeof(room.url), "https://127.0.0.1:%d/", room.server.port);
    room.spec.url = str_of(room.url);
    struct http_request *request = wire_start(&room.wire, room.session, &room.spec);
    wire_wait(&room.wire, request);
    CHECK(!http_request_was_sent(request));
    struct http_response *r = http_request_take_response(request);
    http_request_free(request);
    CHECK_INT(r->failure, HTTP_CONNECT_TIMEOUT);
    CHECK_TEXT(r->failure_text, "ConnectTimeout('Connection timed out. (connect timeout=0.05)')");
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(the_limit_to_connect_includes_the_name)
{
    struct room room;
    struct err err = ERR_INIT;
    open_room(&room);
    room.spec.settings = (struct http_settings){.connect_s = 0.05, .read_s = 60, .verify = true};
    // a name server that doesn't answer
    struct raw_server silent;
    raw_server_open(&silent, answer);
    char place[64];
    snprintf(place, sizeof(place), "127.0.0.1:%d", silent.port);
    int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)silent.port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    CHECK_INT(bind(udp, (struct sockaddr *)&at, sizeof(at)), 0);
    CHECK_INT(resolver_use_servers(room.wire.resolver, place, &err), 0);
    room.spec.url = STR("http://h.test/");
    struct http_response *r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_CONNECT_TIMEOUT);
    CHECK_TEXT(r->failure_text, "ConnectTimeout('Connection timed out. (connect timeout=0.05)')");
    http_response_free(r);
    // cancelled while it resolves
    struct http_request *request = wire_start(&room.wire, room.session, &room.spec);
    loop_turn(room.wire.loop, false);
    http_request_cancel(request);
    CHECK(!http_request_was_sent(request));
    http_request_free(request);
    close(udp);
    raw_server_close(&silent);
    CHECK(close_room(&room));
}

/* Starts it, and turns until the server has said all that it says, which is there to be read. A request
 * that was cancelled before may still come to it meanwhile. */
static struct http_request *start_stalled(struct room *room, const char *path)
{
    int before = atomic_load(&stalls);
    struct http_request *r = wire_start(&room->wire, room->session, to(room, path));
    while (atomic_load(&stalls) == before) {
        loop_turn(room->wire.loop, false);
        usleep(1000);
    }
    return r;
}

TEST(cancel_in_each_state)
{
    struct room room;
    open_room(&room);
    // before the first turn
    struct http_request *r = wire_start(&room.wire, room.session, to(&room, "/ok"));
    http_request_cancel(r);
    CHECK(!http_request_was_sent(r));
    http_request_free(r);
    // while it connects, or just after
    r = wire_start(&room.wire, room.session, to(&room, "/ok"));
    loop_turn(room.wire.loop, false);
    http_request_free(r);
    // while it waits
    r = start_stalled(&room, "/stall");
    http_request_cancel(r);
    CHECK(http_request_was_sent(r));
    http_request_free(r);
    // in the middle of the body
    r = start_stalled(&room, "/stall-body");
    for (int i = 0; i < 20; i++)
        loop_turn(room.wire.loop, false);
    http_request_free(r);
    // one of several
    int before = room.wire.done;
    r = wire_start(&room.wire, room.session, to(&room, "/ok"));
    struct http_request *second = wire_start(&room.wire, room.session, to(&room, "/ok"));
    http_request_free(r);
    wire_wait(&room.wire, second);
    http_request_free(second);
    CHECK_INT(room.wire.done, before + 1);
    // and the session goes on
    struct http_response *response = ask(&room, "/ok");
    CHECK_INT(response->status, 200);
    http_response_free(response);
    CHECK(close_room(&room));
}

TEST(what_cannot_be_started)
{
    struct room room;
    open_room(&room);
    room.spec.method = STR("HEAD");
    room.spec.has_body = true;
    room.spec.body = STR("x");
    struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/ok"));
    CHECK(!http_request_is_done(request));
    wire_wait(&room.wire, request);
    struct http_response *r = http_request_take_response(request);
    http_request_free(request);
    CHECK_INT(r->failure, HTTP_SEND);
    CHECK_TEXT(r->failure_text, "RequestError(\"a HEAD request can't have a body\")");
    http_response_free(r);
    // cancelled before it is told
    request = wire_start(&room.wire, room.session, to(&room, "/ok"));
    http_request_free(request);
    room.spec = wire_spec("GET", "http://\xff\xfe/");
    r = wire_ask(&room.wire, room.session, &room.spec);
    CHECK_INT(r->failure, HTTP_SEND);
    CHECK(strstr(r->failure_text, "InvalidURL(") == r->failure_text);
    http_response_free(r);
    CHECK_INT(room.server.connections, 0);
    CHECK(close_room(&room));
}

TEST(no_descriptors_left)
{
    struct room room;
    struct rlimit old, none;
    open_room(&room);
    http_response_free(ask(&room, "/ok")); // libcurl opens what it needs for itself
    struct http_session *other = http_session_new(room.wire.transport);
    getrlimit(RLIMIT_NOFILE, &old);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = old.rlim_max};
    setrlimit(RLIMIT_NOFILE, &none);
    struct http_response *r = wire_ask(&room.wire, other, &room.spec);
    setrlimit(RLIMIT_NOFILE, &old);
    CHECK_INT(r->failure, HTTP_NO_DESCRIPTORS);
    CHECK_TEXT(r->failure_text, "OSError(24, 'Too many open files')");
    http_response_free(r);
    r = wire_ask(&room.wire, other, &room.spec);
    CHECK_INT(r->status, 200);
    http_response_free(r);
    http_session_free(other);
    CHECK(close_room(&room));
}

TEST(many_users)
{
    enum { USERS = 50, EACH = 4 };
    struct room room;
    struct http_session *s[USERS];
    struct http_request *r[USERS];
    open_room(&room);
    for (size_t i = 0; i < USERS; i++)
        s[i] = http_session_new(room.wire.transport);
    to(&room, "/ok");
    for (int round = 0; round < EACH; round++) {
        for (size_t i = 0; i < USERS; i++)
            r[i] = wire_start(&room.wire, s[i], &room.spec);
        for (size_t i = 0; i < USERS; i++) {
            wire_wait(&room.wire, r[i]);
            struct http_response *response = http_request_take_response(r[i]);
            CHECK_INT(response->status, 200);
            http_response_free(response);
            http_request_free(r[i]);
        }
    }
    CHECK_INT(room.server.connections, USERS);
    CHECK_INT(room.server.requests, USERS * EACH);
    for (size_t i = 0; i < USERS; i++)
        http_session_free(s[i]);
    CHECK(close_room(&room));
}

/* --- bodies of files --------------------------------------------------------------------------- */

#define FILE_BYTES 700001

/* A file of n bytes, no two pieces of which are alike. */
static void write_file(const char *path, size_t n)
{
    FILE *f = fopen(path, "wb");
    for (size_t i = 0; i < n; i++)
        fputc((int)((i * i + i / 251) & 0xff), f);
    fclose(f);
}

/* "begin", the file, "end"; the request takes it. */
static struct http_body *body_around(const char *path)
{
    struct err err = ERR_INIT;
    struct http_body *body = http_body_new();
    http_body_add(body, STR("begin"));
    if (http_body_add_file(body, path, &err) < 0)
        BUG(err.text);
    http_body_add(body, STR("end"));
    return body;
}

static uint64_t sum_of_body(const char *path)
{
    struct err err = ERR_INIT;
    struct http_body *body = body_around(path);
    char *bytes = xmalloc(FILE_BYTES + 8);
    if (http_body_read(body, bytes, FILE_BYTES + 8, &err) != FILE_BYTES + 8)
        BUG("the body is shorter");
    uint64_t sum = raw_sum(bytes, FILE_BYTES + 8);
    free(bytes);
    http_body_free(body);
    return sum;
}

static void begin_upload(struct room *room, char *path, struct http_body **body)
{
    snprintf(path, 64, "/tmp/katydid-test-%ld.bytes", (long)getpid());
    write_file(path, FILE_BYTES);
    *body = body_around(path);
    room->spec.method = STR("POST");
    room->spec.has_body = true;
    room->spec.source = body;
}

TEST(bodies_of_files)
{
    struct room room;
    struct http_body *body;
    char path[64];
    open_room(&room);
    begin_upload(&room, path, &body);
    uint64_t sum = sum_of_body(path);
    for (int i = 0; i < 3; i++) { // the last one twice: it is redirected
        if (body == NULL)
            body = body_around(path);
        struct http_response *r = ask(&room, i < 2 ? "/ok" : "/again");
        CHECK_INT(r->failure, HTTP_OK);
        CHECK_INT(r->status, 200);
        CHECK(strstr(raw_last(&room.server), "\r\nContent-Length: 700009\r\n") != NULL);
        CHECK(room.server.last_sum == sum);
        CHECK_INT(r->request_body.n, 0);
        CHECK(body == NULL);
        http_response_free(r);
    }
    CHECK_INT(room.server.requests, 4);
    CHECK_INT(room.server.connections, 1);
    // and one from memory after it
    room.spec.source = NULL;
    room.spec.body = STR("plain");
    http_response_free(ask(&room, "/ok"));
    CHECK(strstr(raw_last(&room.server), "\r\n\r\nplain") != NULL);
    unlink(path);
    CHECK(close_room(&room));
}

TEST(files_that_change)
{
    static const struct {
        size_t now; /* bytes; 0: it is gone */
        const char *text;
    } cases[] = {{1000, "changed while it was sent: 700001 bytes were announced, 1000 are there"},
                 {FILE_BYTES + 5, "changed while it was sent: 700001 bytes were announced"},
                 {0, "No such file or directory"}};
    struct room room;
    struct http_body *body;
    char path[64];
    open_room(&room);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        begin_upload(&room, path, &body);
        unlink(path);
        if (cases[i].now > 0)
            write_file(path, cases[i].now);
        struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/ok"));
        CHECK(!http_request_is_done(request));
        wire_wait(&room.wire, request);
        struct http_response *r = http_request_take_response(request);
        http_request_free(request);
        CHECK_INT(r->failure, HTTP_SEND);
        CHECK(r->failure_text != NULL && strstr(r->failure_text, cases[i].text) != NULL);
        CHECK(r->failure_text != NULL && strstr(r->failure_text, path) != NULL);
        http_response_free(r);
        CHECK_INT(room.server.requests, (int)i); // nothing whole came
        // cancelled before it is told
        begin_upload(&room, path, &body);
        unlink(path);
        http_request_free(wire_start(&room.wire, room.session, to(&room, "/ok")));
        // and on it goes
        begin_upload(&room, path, &body);
        r = ask(&room, "/ok");
        CHECK_INT(r->status, 200);
        http_response_free(r);
    }
    unlink(path);
    CHECK(close_room(&room));
}

/* What can't be read shows when something has been sent: once on a new connection, and once on one that
 * was used before. */
TEST(a_file_that_goes_in_the_middle)
{
    struct room room;
    struct http_body *body;
    struct err err = ERR_INIT;
    char path[64], gone[80];
    open_room(&room);
    for (int i = 0; i < 2; i++) {
        begin_upload(&room, path, &body);
        snprintf(gone, sizeof(gone), "%s.gone", path);
        write_file(gone, 10);
        CHECK_INT(http_body_add_file(body, gone, &err), 0);
        unlink(gone);
        struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/ok"));
        CHECK(!http_request_is_done(request));
        wire_wait(&room.wire, request);
        CHECK(http_request_was_sent(request));
        struct http_response *r = http_request_take_response(request);
        http_request_free(request);
        CHECK_INT(r->failure, HTTP_SEND);
        CHECK(strstr(r->failure_text, "No such file or directory") != NULL);
        http_response_free(r);
        raw_wait_closed(&room.server);
        CHECK_INT(room.server.requests, i);
        begin_upload(&room, path, &body);
        r = ask(&room, "/ok");
        CHECK_INT(r->status, 200);
        http_response_free(r);
    }
    unlink(path);
    CHECK(close_room(&room));
}

/* --- bodies in pieces -------------------------------------------------------------------------- */

static bool see_piece(void *self, struct str piece)
{
    (void)self;
    seen.n += piece.n;
    seen.pieces++;
    return !seen.is_enough;
}

static void begin_pieces(struct room *room, bool is_enough)
{
    room->spec.piece = see_piece;
    seen.n = seen.pieces = 0;
    seen.is_enough = is_enough;
}

/* More than `before`, and then some turns in which all of it could come. */
static void let_it_come(struct room *room, size_t before, int turns)
{
    while (seen.n == before)
        loop_turn(room->wire.loop, true);
    for (int i = 0; i < turns; i++) {
        loop_turn(room->wire.loop, false);
        usleep(1000);
    }
}

TEST(pieces_as_they_come)
{
    struct room room;
    open_room(&room);
    begin_pieces(&room, false);
    struct http_response *r = ask(&room, "/stepwise");
    CHECK_INT(r->failure, HTTP_OK);
    CHECK_INT(seen.n, 30);
    CHECK_INT(seen.pieces, 30);
    CHECK_INT(r->length, 30);
    CHECK_INT(r->body.n, 0);
    http_response_free(r);
    CHECK(close_room(&room));
}

TEST(an_answer_is_held)
{
    struct room room;
    open_room(&room);
    for (int i = 0; i < 2; i++) {
        begin_pieces(&room, true);
        room.spec.settings.read_s = i == 0 ? 1 : 60; // doesn't run meanwhile
        struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/large"));
        let_it_come(&room, 0, i == 0 ? 1100 : 100);
        CHECK(seen.n < 1000000);
        CHECK(!http_request_is_done(request));
        for (int k = 0; k < 3; k++) { // a little more, each time
            size_t before = seen.n;
            http_request_resume(request);
            let_it_come(&room, before, 50);
            CHECK(seen.n < before + 1000000);
        }
        seen.is_enough = false;
        if (i == 0) { // cancelled while it is held, and then another
            http_request_free(request);
            continue;
        }
        http_request_resume(request);
        wire_wait(&room.wire, request);
        struct http_response *r = http_request_take_response(request);
        http_request_free(request);
        CHECK_INT(r->failure, HTTP_OK);
        CHECK_INT(r->length, 20000000);
        CHECK_INT(seen.n, 20000000);
        http_response_free(r);
    }
    // the connection is kept, and used again
    int connections = room.server.connections;
    room.spec.piece = NULL;
    struct http_response *r = ask(&room, "/ok");
    CHECK_STR(buf_slice(&r->body), "hello");
    http_response_free(r);
    CHECK_INT(room.server.connections, connections);
    CHECK(close_room(&room));
}

TEST(the_total_limit_holds_while_it_is_held)
{
    struct room room;
    open_room(&room);
    begin_pieces(&room, true);
    room.spec.settings.total_s = 0.3;
    struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/large"));
    wire_wait(&room.wire, request);
    http_request_resume(request);
    http_request_stop(request);
    struct http_response *r = http_request_take_response(request);
    http_request_free(request);
    CHECK_INT(r->failure, HTTP_TOTAL_TIMEOUT);
    http_response_free(r);
    CHECK(seen.n < 1000000);
    CHECK(close_room(&room));
}

/* It ends while it is held: all of it had been read. */
TEST(a_held_answer_that_ends)
{
    struct room room;
    open_room(&room);
    begin_pieces(&room, true);
    for (int i = 0; i < 2; i++) {
        struct http_request *request = wire_start(&room.wire, room.session, to(&room, "/ok"));
        while (seen.pieces == 0)
            loop_turn(room.wire.loop, true);
        http_request_resume(request);
        wire_wait(&room.wire, request);
        struct http_response *r = http_request_take_response(request);
        http_request_free(request);
        CHECK_INT(r->status, 200);
        http_response_free(r);
    }
    CHECK_INT(seen.n, 10);
    CHECK_INT(room.server.connections, 1);
    CHECK(close_room(&room));
}

/* It begins with the request's first byte, however long its body is. */
TEST(the_wait_for_an_answer)
{
    static const size_t lengths[] = {0, 1, 100000, 3000000};
    struct room room;
    open_room(&room);
    char *body = xcalloc(1, 3000000);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
        room.spec.has_body = lengths[i] > 0;
        room.spec.body = str_make(body, lengths[i]);
        struct http_response *r = ask(&room, "/late");
        CHECK_INT(r->status, 200);
        CHECK(r->timings.wait >= LATE_MS);
        CHECK(r->response_time_ms >= r->timings.wait + r->timings.receive);
        http_response_free(r);
    }
    free(body);
    CHECK(close_room(&room));
}

/* Accepted and reset before anyone looked whether it stands. */
TEST(a_connection_that_is_reset_at_once)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct raw_server server;
    struct wire wire;
    raw_server_bind(&server, &at, sizeof(at), 64, NULL);
    snprintf(server.base, sizeof(server.base), "http://127.0.0.1:%d", server.port);
    wire_open(&wire, make_transport);
    struct http_session *session = http_session_new(wire.transport);
    struct http_spec spec = wire_spec("GET", server.base);
    struct http_request *request = wire_start(&wire, session, &spec);
    struct pollfd comes = {.fd = server.fd, .events = POLLIN};
    while (poll(&comes, 1, 0) == 0)
        loop_turn(wire.loop, false);
    int fd = accept4(server.fd, NULL, NULL, SOCK_CLOEXEC);
    raw_reset(fd);
    close(fd);
    wire_wait(&wire, request);
    struct http_response *r = http_request_take_response(request);
    CHECK_INT(r->status, 0);
    CHECK(r->timings.connect > 0);
    CHECK(r->timings.wait == 0 && r->timings.receive == 0);
    http_response_free(r);
    http_request_free(request);
    http_session_free(session);
    CHECK(wire_close(&wire));
    close(server.fd);
    pthread_mutex_destroy(&server.lock);
}

TEST(an_answer_is_stopped)
{
    struct room room;
    open_room(&room);
    for (int held = 0; held < 2; held++) {
        begin_pieces(&room, held);
        int done = room.wire.done;
        struct http_request *request =
            wire_start(&room.wire, room.session, to(&room, "/stall-body"));
        while (seen.n < 3)
            loop_turn(room.wire.loop, true);
        http_request_stop(request);
        CHECK_INT(room.wire.done, done + 1);
        CHECK(http_request_is_done(request) && http_request_was_sent(request));
        struct http_response *r = http_request_take_response(request);
        http_request_free(request);
        CHECK_INT(r->failure, HTTP_OK);
        CHECK_INT(r->status, 200);
        CHECK_INT(r->length, 3);
        CHECK(r->timings.wait > 0);
        http_response_free(r);
        raw_wait_closed(&room.server);
    }
    room.spec.piece = NULL;
    struct http_response *r = ask(&room, "/ok");
    CHECK_INT(r->status, 200);
    http_response_free(r);
    CHECK_INT(room.server.connections, 3);
    CHECK(close_room(&room));
}

/* All of them. */
#define RUN_TRANSPORT_CASES                             \
    RUN(an_answer);                                     \
    RUN(a_connection_is_kept_and_is_the_sessions);      \
    RUN(a_session_may_disconnect);                      \
    RUN(several_at_once_have_connections_of_their_own); \
    RUN(names_are_resolved);                            \
    RUN(failures_by_name);                              \
    RUN(a_connection_that_died_idle_is_replaced);       \
    RUN(a_connection_that_was_reset_idle_is_replaced);  \
    RUN(a_connection_ends_where_the_request_says_so);   \
    RUN(nobody_listens);                                \
    RUN(limits);                                        \
    RUN(the_limit_to_connect_includes_the_handshake);   \
    RUN(the_limit_to_connect_includes_the_name);        \
    RUN(cancel_in_each_state);                          \
    RUN(what_cannot_be_started);                        \
    RUN(no_descriptors_left);                           \
    RUN(many_users);                                    \
    RUN(bodies_of_files);                               \
    RUN(files_that_change);                             \
    RUN(a_file_that_goes_in_the_middle);                \
    RUN(pieces_as_they_come);                           \
    RUN(an_answer_is_held);                             \
    RUN(the_total_limit_holds_while_it_is_held);        \
    RUN(a_held_answer_that_ends);                       \
    RUN(the_wait_for_an_answer);                        \
    RUN(a_connection_that_is_reset_at_once);            \
    RUN(an_answer_is_stopped);

#endif
