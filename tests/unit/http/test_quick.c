/* test_quick -- what can go the short way, and what is sent on it. */
// SPDX-License-Identifier: MIT
#include "http/quick.h"

#include "quick_room.h"

TEST(an_answer_that_is_known)
{
    struct room room;
    open_room(&room);
    ask_quick(&room, "/ok?x=1"); // the head is known
    CHECK(room.is_answered);
    CHECK_TEXT(buf_cstr(&room.told),
               "200 'OK' 'hello' Content-Type=text/plain Content-Length=5 after 0");
    CHECK(room.ms > 0);
    CHECK(strncmp(raw_last(&room.server), "GET /ok?x=1 HTTP/1.1\r\nHost: 127.0.0.1:", 38) == 0);
    CHECK_INT(room.server.connections, 1);
    CHECK_INT(room.server.requests, 2);
    CHECK(close_room(&room));
}

TEST(what_cannot_go_this_way)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    open_room(&room);
    CHECK(!start_quick(&room, "/ok")); // there is no connection yet
    ask_ordinary(&room, "/ok", &ordinary);
    room.spec.method = STR("HEAD");
    CHECK(!start_quick(&room, "/ok"));
    room.spec.method = STR("GET");
    room.spec.has_body = true;
    CHECK(!start_quick(&room, "/ok"));
    room.spec.has_body = false;
    struct http_headers close = {.n = 0};
    http_headers_add(&close, STR("Connection"), STR("close"));
    room.spec.headers = &close;
    CHECK(!start_quick(&room, "/ok"));
    room.spec.headers = NULL;
    struct exchange_base other;
    CHECK_INT(exchange_base_init(&other, STR("http://127.0.0.1:1"), NULL), 0);
    room.spec.base = &other;
    CHECK(!start_quick(&room, "/ok")); // the connection leads elsewhere
    room.spec.base = &room.base;
    CHECK(start_quick(&room, "/ok"));
    struct http_quick second = {.answered = on_answer, .handed_over = on_handed_over};
    CHECK(!http_quick_start(&second, room.wire.loop, room.session, &room.spec)); // one at a time
    wait_quick(&room);
    CHECK(room.is_answered);
    CHECK_INT(room.server.requests, 2);
    exchange_base_release(&other);
    http_headers_release(&close);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST(headers_of_its_own)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    struct http_headers own = {.n = 0};
    open_room(&room);
    ask_ordinary(&room, "/ok", &ordinary);
    http_headers_add(&own, STR("Accept"), STR("text/css"));
    http_headers_add(&own, STR("X-Mine"), STR("1"));
    cookies_set(http_session_cookies(room.session), STR("c"), STR("d"), STR_EMPTY, STR("/"));
    for (int i = 0; i < 2; i++) { // the second one is handed over
        room.spec.headers = &own;
        CHECK(start_quick(&room, i == 0 ? "/ok" : "/redirect"));
        http_headers_clear(&own); // it was borrowed for the call
        wait_quick(&room);
        CHECK_INT(room.is_answered, i == 0);
        const char *sent = raw_last(&room.server);
        CHECK(strstr(sent, "\r\nAccept: text/css\r\n") != NULL);
        CHECK(strstr(sent, "\r\nX-Mine: 1\r\n") != NULL);
        CHECK(strstr(sent, "\r\nCookie: c=d\r\n") != NULL);
        http_headers_add(&own, STR("Accept"), STR("text/css"));
        http_headers_add(&own, STR("X-Mine"), STR("1"));
    }
    http_headers_release(&own);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

/* Whatever a script sends, it stands on the wire as it does on the ordinary way. */
TEST(both_ways_send_the_same)
{
    static const struct {
        const char *name, *value;
    } rows[] = {{"X-Mine", "1"},         {"x-empty", ""},   {"Accept", "a"},
                {"user-agent", "me"},    {"Host", "other"}, {"Content-Length", "3"},
                {"Authorization", "Me"}, {"Expect", "x"},   {"accept-encoding", "br"},
                {"Connection", "other"}, {"Cookie", "a=b"}, {"Transfer-Encoding", "chunked"}};
    struct room room;
    struct buf ordinary = BUF_INIT, sent = BUF_INIT;
    struct http_headers own = {.n = 0};
    open_room(&room);
    room.spec.headers = &own;
    for (size_t i = 0; i < 2 * (sizeof rows / sizeof *rows); i++) { // alone, and with another one
        http_headers_clear(&own);
        http_headers_add(&own, str_of(rows[i / 2].name), str_of(rows[i / 2].value));
        if (i % 2 == 1)
            http_headers_add(&own, STR("A-Further"), STR("one"));
        ask_ordinary(&room, "/ok", &ordinary);
        buf_clear(&sent);
        buf_add_cstr(&sent, raw_last(&room.server));
        CHECK(start_quick(&room, "/ok"));
        wait_quick(&room);
        CHECK_TEXT(raw_last(&room.server), buf_cstr(&sent));
        CHECK_TEXT(buf_cstr(&room.told), buf_cstr(&ordinary));
    }
    CHECK_INT(room.server.connections, 1);
    http_headers_release(&own);
    buf_release(&sent);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

static bool start_nothing(struct transport *t, struct http_session *s,
                          const struct quick_spec *spec, struct http_quick *q)
{
    (void)t, (void)s, (void)spec, (void)q;
    return false;
}

TEST(headers_that_are_given)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    struct http_headers own = {.n = 0};
    struct str value;
    open_room(&room);
    ask_ordinary(&room, "/ok", &ordinary);
    room.spec.headers = &own;
    room.spec.gives_headers = true;
    for (int i = 0; i < 3; i++) { // what was taken before is used again
        http_headers_clear(&own);
        http_headers_add(&own, STR("X-Mine"), i == 0 ? STR("0") : STR("1"));
        CHECK(start_quick(&room, "/ok"));
        http_headers_clear(&own);
        wait_quick(&room);
        const char *line = i == 0 ? "\r\nX-Mine: 0\r\n" : "\r\nX-Mine: 1\r\n";
        CHECK(room.is_answered && strstr(raw_last(&room.server), line) != NULL);
    }
    struct transport *t = room.session->transport;
    bool (*start)(struct transport *, struct http_session *, const struct quick_spec *,
                  struct http_quick *) = t->start_quick;
    t->start_quick = start_nothing;
    http_headers_clear(&own);
    http_headers_add(&own, STR("X-Mine"), STR("2"));
    CHECK(!start_quick(&room, "/ok"));
    CHECK(http_headers_get(&own, STR("X-Mine"), &value)); // for the ordinary way
    CHECK_STR(value, "2");
    t->start_quick = start;
    http_headers_release(&own);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST(one_that_is_cancelled)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    open_room(&room);
    ask_ordinary(&room, "/ok", &ordinary);
    CHECK(start_quick(&room, "/ok"));
    CHECK(!http_quick_cancel(&room.quick, room.session)); // it isn't written yet
    http_quick_done(&room.quick, room.session);
    ask_ordinary(&room, "/ok", &ordinary);
    CHECK_INT(room.server.requests, 2);
    CHECK(start_quick(&room, "/stall"));
    loop_turn(room.wire.loop, false);
    loop_turn(room.wire.loop, false);
    CHECK(http_quick_cancel(&room.quick, room.session));
    http_quick_done(&room.quick, room.session);
    CHECK(!room.is_answered && room.request == NULL);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(an_answer_that_is_known); RUN(what_cannot_go_this_way); RUN(headers_of_its_own);
          RUN(both_ways_send_the_same); RUN(headers_that_are_given); RUN(one_that_is_cancelled);)
