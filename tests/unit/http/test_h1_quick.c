/* test_h1_quick -- whatever comes on the short way is what comes on the ordinary one. */
// SPDX-License-Identifier: MIT
#include "http/h1_quick.h"

#include "quick_room.h"

TEST(both_ways_come_to_the_same)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    open_room(&room);
    for (size_t i = 0; i < LINES; i++) {
        for (int time = 0; time < 2; time++) {
            ask_quick(&room, lines[i].path);
            ask_ordinary(&room, lines[i].path, &ordinary);
            CHECK_TEXT(buf_cstr(&room.told), buf_cstr(&ordinary));
            // A cookie that came goes out with the next one, which is for the ordinary way to say.
            cookies_free(room.session->cookies);
            room.session->cookies = NULL;
        }
    }
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST(those_that_ask_for_nothing_are_answered)
{
    static const char *const plain[] = {"/ok", "/missing", "/empty", "/blanks"};
    struct room room;
    open_room(&room);
    for (size_t i = 0; i < LINES; i++) {
        bool is_plain = false;
        for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
            is_plain |= strcmp(plain[k], lines[i].path) == 0;
        ask_quick(&room, lines[i].path);
        ask_quick(&room, lines[i].path);
        if (strcmp(lines[i].path, "/last") != 0) // whose end may come with its answer
            CHECK_INT(room.is_answered, is_plain);
        cookies_free(room.session->cookies);
        room.session->cookies = NULL;
    }
    CHECK(close_room(&room));
}

TEST(an_answer_in_pieces)
{
    struct room room;
    open_room(&room);
    for (int i = 0; i < 2; i++) {
        ask_quick(&room, "/pieces");
        CHECK(!room.is_answered);
        CHECK_TEXT(buf_cstr(&room.told),
                   "200 'OK' 'hello' Content-Type=text/plain Content-Length=5 after 0");
    }
    CHECK_INT(room.server.connections, 1);
    CHECK_INT(room.server.requests, 4);
    CHECK(close_room(&room));
}

TEST(a_connection_that_died_idle)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    open_room(&room);
    ask_ordinary(&room, "/last", &ordinary);
    settle(&room, "/last");
    CHECK(!start_quick(&room, "/ok"));
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

static void start_next(void *self, struct http_request *r)
{
    (void)r;
    CHECK(start_quick(self, "/ok"));
}

TEST(a_connection_that_breaks_under_it)
{
    struct room room;
    open_room(&room);
    room.spec.url = STR("/reset");
    struct http_request *r =
        http_request_start(room.wire.loop, room.session, &room.spec, start_next, &room);
    while (room.server.requests == 0)
        loop_turn(room.wire.loop, false);
    atomic_store(&may_say, true);
    raw_wait_closed(&room.server);
    wire_wait(&room.wire, r);
    http_request_free(r);
    wait_quick(&room);
    CHECK(!room.is_answered);
    CHECK_TEXT(buf_cstr(&room.told),
               "200 'OK' 'hello' Content-Type=text/plain Content-Length=5 after 0");
    CHECK_INT(room.server.requests, 2);
    CHECK_INT(room.server.connections, 2);
    CHECK(close_room(&room));
}

TEST(it_is_given_up_where_it_never_goes_well)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    int quick = 0;
    open_room(&room);
    for (int i = 0; i < 200; i++) {
        ask_ordinary(&room, "/chunked", &ordinary);
        if (!start_quick(&room, "/chunked"))
            continue;
        wait_quick(&room);
        quick++;
    }
    CHECK(quick >= 64 && quick < 80);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(both_ways_come_to_the_same); RUN(those_that_ask_for_nothing_are_answered);
          RUN(an_answer_in_pieces); RUN(a_connection_that_died_idle);
          RUN(a_connection_that_breaks_under_it); RUN(it_is_given_up_where_it_never_goes_well);)
