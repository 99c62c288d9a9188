/* test_h1_transport -- what each transport does, and what this one does alone. */
// SPDX-License-Identifier: MIT
#include "http/h1_transport.h"

#include "address_cases.h"
#include "transport_cases.h"

static struct transport *make_transport(struct loop *loop, struct resolver *resolver,
                                        struct err *err)
{
    (void)err;
    return h1_transport_new(loop, resolver, case_sources);
}

/* What libcurl lets pass; each on a fresh connection. */
static bool smuggle(struct raw_server *s, int fd, const char *path)
{
    static const struct {
        const char *path, *text;
    } answers[] = {
        {"/both", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
        {"/fold", "A: b\r\n c\r\nContent-Length: 0\r\n\r\n"},
        {"/bare", "A: b\nContent-Length: 0\r\n\r\n"},
        {"/blank", "Content-Length : 5\r\n\r\nhello"},
    };
    (void)s;
    raw_say(fd, "HTTP/1.1 200 OK\r\n");
    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++) {
        if (strcmp(path, answers[i].path) == 0)
            raw_say(fd, answers[i].text);
    }
    return false;
}

TEST(smuggling_is_refused)
{
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"/both", "InvalidHeader('Content-Length and Transfer-Encoding come together')"},
        {"/fold", "InvalidHeader('a header goes on in the next line')"},
        {"/bare", "InvalidHeader('a line ends without a carriage return')"},
        {"/blank", "InvalidHeader(\"a header's name is empty, or holds a blank\")"},
    };
    struct room room;
    open_room(&room);
    room.server.answer = smuggle;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct http_response *r = ask(&room, cases[i].path);
        CHECK_INT(r->failure, HTTP_BAD_RESPONSE);
        CHECK_TEXT(r->failure_text, cases[i].text);
        http_response_free(r);
    }
    CHECK_INT(room.server.connections, 4);
    CHECK(close_room(&room));
}

/* A session's only timer is moved when it fires, not with each request. */
TEST(one_timer_for_all_requests)
{
    struct room room;
    open_room(&room);
    room.spec.settings.connect_s = 0.4;
    room.spec.settings.read_s = 0.4;
    for (int i = 0; i < 5; i++)
        http_response_free(ask(&room, "/drip")); // of 0.3 s each
    struct http_response *r = ask(&room, "/stall");
    CHECK_INT(r->failure, HTTP_READ_TIMEOUT);
    CHECK(r->response_time_ms >= 399);
    http_response_free(r);
    // an earlier one counts at once
    room.spec.settings.read_s = 60;
    http_response_free(ask(&room, "/ok"));
    room.spec.settings.read_s = 0.05;
    r = ask(&room, "/stall");
    CHECK_INT(r->failure, HTTP_READ_TIMEOUT);
    http_response_free(r);
    CHECK(close_room(&room));
}

/* Two that break their limits in one turn, and one that is cancelled when they have. */
TEST(several_limits_at_once)
{
    struct room room;
    struct http_request *r[3];
    open_room(&room);
    room.spec.settings.total_s = 0.05;
    for (int i = 0; i < 3; i++)
        r[i] = wire_start(&room.wire, room.session, to(&room, "/stall"));
    wire_wait(&room.wire, r[0]);
    http_request_free(r[2]);
    wire_wait(&room.wire, r[1]);
    for (int i = 0; i < 2; i++) {
        struct http_response *response = http_request_take_response(r[i]);
        CHECK_INT(response->failure, HTTP_TOTAL_TIMEOUT);
        http_response_free(response);
        http_request_free(r[i]);
    }
    CHECK(close_room(&room));
}

TEST(checks_settings)
{
    struct wire w;
    wire_open(&w, make_transport);
    struct http_settings s = {.verify = true, .version = HTTP_VERSION_1_0};
    struct err err = ERR_INIT;
    CHECK_INT(w.transport->check(w.transport, &s, &err), 0);
    s.version = HTTP_VERSION_2;
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK_TEXT(err.text, "http_version: FastHttpUser speaks HTTP/1.1 (or '1.0'); HttpUser speaks "
                         "HTTP/2 too");
    err_clear(&err);
    s = (struct http_settings){.verify = true, .proxy = "http://127.0.0.1:1"};
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK_TEXT(err.text, "proxy: FastHttpUser knows no proxies; HttpUser does");
    err_clear(&err);
    s = (struct http_settings){.verify = true, .ca_file = "/none/ca.pem"};
    CHECK_INT(w.transport->check(w.transport, &s, &err), -1);
    CHECK_TEXT(err.text, "verify: can't read '/none/ca.pem': No such file or directory");
    CHECK(wire_close(&w));
}

TEST_MAIN(RUN_TRANSPORT_CASES RUN_ADDRESS_CASES RUN(smuggling_is_refused);
          RUN(one_timer_for_all_requests); RUN(several_limits_at_once); RUN(checks_settings);)
