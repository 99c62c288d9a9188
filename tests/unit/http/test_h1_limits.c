/* test_h1_limits -- what takes too long. */
// SPDX-License-Identifier: MIT
#include "http/h1_limits.h"

#include "quick_room.h"

TEST(limits_of_each_kind)
{
    static const struct {
        double read_s, total_s;
        const char *text;
    } cases[] = {
        {0.05, 0, "0 '' '' ReadTimeout('Read timed out. (read timeout=0.05)') after 0"},
        {60, 0.05, "0 '' '' Timeout('Request timed out. (timeout=0.05)') after 0"},
        {0.05, 60, "0 '' '' ReadTimeout('Read timed out. (read timeout=0.05)') after 0"},
    };
    struct room room;
    struct buf told = BUF_INIT;
    open_room(&room);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        room.spec.settings.read_s = cases[i].read_s;
        room.spec.settings.total_s = cases[i].total_s;
        ask_ordinary(&room, "/ok", &told);
        ask_ordinary(&room, "/stall", &told);
        CHECK_TEXT(buf_cstr(&told), cases[i].text);
    }
    buf_release(&told);
    CHECK(close_room(&room));
}

TEST(a_limit_of_another)
{
    struct room room;
    struct buf ordinary = BUF_INIT;
    open_room(&room);
    room.spec.settings.read_s = 0.02;
    ask_ordinary(&room, "/ok", &ordinary);
    room.spec.settings.read_s = 60;
    CHECK(start_quick(&room, "/stall"));
    while (room.request == NULL)
        loop_turn(room.wire.loop, true);
    CHECK(!http_request_is_done(room.request));
    http_request_cancel(room.request);
    CHECK(http_request_was_sent(room.request));
    http_request_free(room.request);
    buf_release(&ordinary);
    CHECK(close_room(&room));
}

TEST_MAIN(RUN(limits_of_each_kind); RUN(a_limit_of_another);)
