/* test_buf -- bytes that grow, up to a limit. */
// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include "../check.h"

TEST(empty_buffer_is_usable)
{
    struct buf b = BUF_INIT;
    CHECK_TEXT(buf_cstr(&b), "");
    CHECK_STR(buf_slice(&b), "");
    buf_clear(&b);
    buf_truncate(&b, 0);
    buf_add(&b, NULL, 0);
    CHECK_TEXT(buf_cstr(&b), "");
    buf_release(&b);
    buf_release(&b);
}

TEST(adds_in_all_ways)
{
    struct buf b = BUF_INIT;
    buf_add(&b, "abc", 2);
    buf_add_str(&b, STR("cd"));
    buf_add_cstr(&b, "ef");
    buf_add_char(&b, 'g');
    buf_add_many(&b, '-', 3);
    buf_addf(&b, "%d%s", 12, "!");
    CHECK_TEXT(buf_cstr(&b), "abcdefg---12!");
    CHECK_INT(b.n, 13);
    buf_truncate(&b, 99);
    CHECK_INT(b.n, 13);
    buf_truncate(&b, 3);
    CHECK_TEXT(buf_cstr(&b), "abc");
    buf_release(&b);
    CHECK_INT(b.n, 0);
}

TEST(grows_and_stays_terminated)
{
    struct buf b = BUF_INIT;
    for (int i = 0; i < 10000; i++) {
        buf_add_char(&b, (char)('a' + i % 26));
        CHECK(b.p[b.n] == '\0');
    }
    CHECK_INT(b.n, 10000);
    CHECK_INT(strlen(b.p), 10000);
    CHECK(b.p[9999] == 'a' + 9999 % 26);
    buf_clear(&b);
    CHECK_INT(b.n, 0);
    CHECK(b.capacity > 10000);
    buf_addf(&b, "%5000d", 1);
    CHECK_INT(strlen(buf_cstr(&b)), 5000);
    buf_release(&b);
}

TEST(reserved_room_needs_no_allocation)
{
    struct buf b = BUF_INIT;
    buf_add_cstr(&b, "ab");
    buf_reserve(&b, 1000);
    const char *before = b.p;
    buf_add_many(&b, 'x', 1000);
    CHECK(b.p == before);
    CHECK_INT(b.n, 1002);
    buf_release(&b);
}

TEST(limit_refuses_the_whole_piece)
{
    struct buf b;
    buf_init(&b, 5);
    buf_add_cstr(&b, "abc");
    CHECK(!b.overflowed);
    buf_add_cstr(&b, "def");
    CHECK(b.overflowed);
    CHECK_TEXT(buf_cstr(&b), "abc");
    // No hole: what would fit is refused too, from now on.
    buf_add_char(&b, 'd');
    buf_addf(&b, "%d", 1);
    buf_add_many(&b, 'x', 1);
    CHECK_TEXT(buf_cstr(&b), "abc");
    buf_clear(&b);
    CHECK(!b.overflowed);
    buf_add_cstr(&b, "12345");
    CHECK(!b.overflowed);
    CHECK_TEXT(buf_cstr(&b), "12345");
    buf_add(&b, NULL, 0);
    CHECK(!b.overflowed);
    buf_addf(&b, "%d", 6);
    CHECK(b.overflowed);
    CHECK_TEXT(buf_cstr(&b), "12345");
    buf_release(&b);
    CHECK_INT(b.limit, 5);
    CHECK(!b.overflowed);
}

TEST(reserving_is_no_overflow)
{
    struct buf b;
    buf_init(&b, 10);
    buf_reserve(&b, 1000000);
    CHECK(!b.overflowed);
    CHECK(b.capacity <= 11);
    buf_add_cstr(&b, "0123456789");
    CHECK(!b.overflowed);
    CHECK_TEXT(buf_cstr(&b), "0123456789");
    buf_release(&b);
}

TEST(detaches)
{
    struct buf b = BUF_INIT;
    char *empty = buf_detach(&b);
    CHECK_TEXT(empty, "");
    free(empty);
    buf_add_cstr(&b, "mine");
    char *text = buf_detach(&b);
    CHECK_TEXT(text, "mine");
    CHECK_INT(b.n, 0);
    CHECK_TEXT(buf_cstr(&b), "");
    buf_add_cstr(&b, "other");
    CHECK_TEXT(text, "mine");
    free(text);
    buf_release(&b);
}

TEST(keeps_nul_bytes)
{
    struct buf b = BUF_INIT;
    buf_add(&b, "a\0b", 3);
    CHECK_INT(b.n, 3);
    CHECK(memcmp(b.p, "a\0b", 4) == 0);
    buf_release(&b);
}

TEST_MAIN(RUN(empty_buffer_is_usable); RUN(adds_in_all_ways); RUN(grows_and_stays_terminated);
          RUN(reserved_room_needs_no_allocation); RUN(limit_refuses_the_whole_piece);
          RUN(reserving_is_no_overflow); RUN(detaches); RUN(keeps_nul_bytes);)
