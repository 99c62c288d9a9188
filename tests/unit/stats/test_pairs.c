/* test_pairs -- many numbers as short text, and back. */
// SPDX-License-Identifier: MIT
#include "stats/pairs.h"

#include "../check.h"

static const char *written(struct buf *out, const struct histogram *h)
{
    buf_clear(out);
    pairs_add_histogram(out, h);
    return buf_cstr(out);
}

TEST(a_histogram_is_distances_and_counts)
{
    struct histogram h = {0}, again = {0};
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    CHECK_TEXT(written(&out, &h), "");
    histogram_add_many(&h, 0.512, 1);
    histogram_add_many(&h, 0.515, 4);
    histogram_add_many(&h, 3600000, 2);
    CHECK_TEXT(written(&out, &h), "512 3x4 22705x2");
    CHECK_INT(pairs_read_histogram(&again, buf_slice(&out), &err), 0);
    CHECK_INT(again.count, 7);
    struct buf second = BUF_INIT;
    CHECK_TEXT(written(&second, &again), buf_cstr(&out));
    // Added to what is there.
    CHECK_INT(pairs_read_histogram(&again, buf_slice(&out), &err), 0);
    CHECK_TEXT(written(&second, &again), "512x2 3x8 22705x4");
    buf_release(&out);
    buf_release(&second);
    histogram_release(&h);
    histogram_release(&again);
}

TEST(each_slot_comes_back_as_itself)
{
    struct histogram h = {0}, again = {0};
    struct buf out = BUF_INIT, second = BUF_INIT;
    size_t highest = histogram_slot(3600000);
    for (size_t slot = 0; slot <= highest; slot++)
        histogram_add_many(&h, histogram_slot_low_ms(slot), slot % 7 + 1);
    written(&out, &h);
    CHECK_INT(pairs_read_histogram(&again, buf_slice(&out), NULL), 0);
    CHECK_INT(again.count, h.count);
    CHECK_TEXT(written(&second, &again), buf_cstr(&out));
    buf_release(&out);
    buf_release(&second);
    histogram_release(&h);
    histogram_release(&again);
}

TEST(what_is_no_histogram_is_refused)
{
    static const char *const bad[] = {" 1",
                                      "1 ",
                                      "1  2",
                                      "x3",
                                      "1x",
                                      "1x0",
                                      "1x1",
                                      "01",
                                      "1x01",
                                      "-1",
                                      "1 0",
                                      "1,2",
                                      "1.5",
                                      "1X2",
                                      "99999",
                                      "23221",
                                      "1 0x3",
                                      "1x2x3",
                                      "\t1",
                                      "1e3",
                                      "23220 1",
                                      "9007199254740993",
                                      "1x9007199254740993"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct histogram h = {0};
        struct err err = ERR_INIT;
        if (pairs_read_histogram(&h, str_of(bad[i]), &err) == 0)
            CHECK_FAIL("taken: '%s'", bad[i]);
        CHECK(err_is_set(&err));
        CHECK_INT(pairs_check_histogram(str_of(bad[i]), NULL), -1);
        histogram_release(&h);
    }
    struct histogram h = {0};
    struct err err = ERR_INIT;
    CHECK_INT(pairs_read_histogram(&h, STR("1x9007199254740992 1x9007199254740992"), &err), -1);
    CHECK_TEXT(err.text, "the counts are too large");
    err_clear(&err);
    histogram_clear(&h);
    CHECK_INT(pairs_read_histogram(&h, STR("3 4y"), &err), -1);
    CHECK_TEXT(err.text, "expected numbers as \"3 1x4\", got something else at character 4");
    histogram_release(&h);
}

TEST(a_window_keeps_its_seconds)
{
    struct window w = {0}, again = {0};
    struct buf out = BUF_INIT;
    struct err err = ERR_INIT;
    const uint32_t counts[] = {25, 25, 24, 0, 0, 0, 7, 0};
    for (size_t i = 0; i < 8; i++)
        window_add(&w, 1000 + (int64_t)i, counts[i]);
    pairs_add_window(&out, &w);
    CHECK_TEXT(buf_cstr(&out), "25x2 24 0x3 7 0");
    CHECK_INT(pairs_read_window(&again, 1000, buf_slice(&out), 8, &err), 0);
    CHECK_INT(again.n, 8);
    CHECK_INT(again.first_s, 1000);
    for (size_t i = 0; i < 8; i++)
        CHECK_INT(window_at(&again, 1000 + (int64_t)i), counts[i]);
    window_clear(&again);
    CHECK_INT(pairs_read_window(&again, 1000, buf_slice(&out), 7, &err), -1);
    CHECK_TEXT(err.text, "expected at most 7 seconds");
    err_clear(&err);
    window_clear(&again);
    CHECK_INT(pairs_read_window(&again, 1000, STR("4294967296"), 8, &err), -1);
    CHECK_TEXT(err.text, "a second has at most 4294967295, got 4294967296");
    buf_release(&out);
    window_release(&w);
    window_release(&again);
}

TEST_MAIN(RUN(a_histogram_is_distances_and_counts); RUN(each_slot_comes_back_as_itself);
          RUN(what_is_no_histogram_is_refused); RUN(a_window_keeps_its_seconds);)
