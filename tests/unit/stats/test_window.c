/* test_window -- counts by second, and the current rate. */
// SPDX-License-Identifier: MIT
#include "stats/window.h"

#include "../check.h"

TEST(seconds_are_counted_in_any_order)
{
    struct window w = {0};
    window_add(&w, 1000, 1);
    window_add(&w, 1003, 2);
    window_add(&w, 998, 5);
    window_add(&w, 1000, 1);
    CHECK_INT(w.first_s, 998);
    CHECK_INT(w.n, 6);
    CHECK_INT(window_at(&w, 997), 0);
    CHECK_INT(window_at(&w, 998), 5);
    CHECK_INT(window_at(&w, 999), 0);
    CHECK_INT(window_at(&w, 1000), 2);
    CHECK_INT(window_at(&w, 1003), 2);
    CHECK_INT(window_at(&w, 1004), 0);
    window_release(&w);
}

TEST(a_second_far_off_is_left_out)
{
    struct window w = {0};
    window_add(&w, 100000, 1);
    window_add(&w, 100000 - 3601, 1);
    window_add(&w, 100000 + 400ll * 24 * 3600, 1);
    CHECK_INT(w.n, 1);
    window_add(&w, 100000 - 3600, 1);
    CHECK_INT(w.n, 3601);
    CHECK_INT(window_at(&w, 100000), 1);
    window_release(&w);
}

TEST(merging_adds_second_to_second)
{
    struct window a = {0}, b = {0};
    window_add(&a, 50, 1);
    window_add(&b, 48, 2);
    window_add(&b, 50, 3);
    window_merge(&a, &b);
    CHECK_INT(window_at(&a, 48), 2);
    CHECK_INT(window_at(&a, 49), 0);
    CHECK_INT(window_at(&a, 50), 4);
    window_merge(&b, &(struct window){0});
    CHECK_INT(b.n, 3);
    window_release(&a);
    window_release(&b);
}

TEST(the_rate_is_that_of_the_last_ten_whole_seconds)
{
    struct window w = {0};
    for (int64_t second = 0; second < 30; second++)
        window_add(&w, 1000 + second, (uint32_t)second);
    CHECK_DOUBLE(window_rate(&w, 1000, 1020.9), 14.5, 0); // 10 to 19
    CHECK_DOUBLE(window_rate(&w, 1000, 1021), 15.5, 0);
    window_release(&w);
}

TEST(the_rate_falls_when_nothing_comes_any_more)
{
    struct window w = {0};
    window_add(&w, 1000, 9);
    CHECK_DOUBLE(window_rate(&w, 1000, 1002), 4.5, 0);
    CHECK_DOUBLE(window_rate(&w, 1000, 1010), 0.9, 0);
    CHECK_DOUBLE(window_rate(&w, 1000, 1011), 0, 0);
    CHECK_DOUBLE(window_rate(&w, 1000, 1025), 0, 0);
    window_release(&w);
}

TEST(at_the_begin_the_rate_is_over_the_time_since_the_start)
{
    struct window w = {0};
    window_add(&w, 1000, 3);
    window_add(&w, 1001, 10);
    CHECK_DOUBLE(window_rate(&w, 1000.5, 1000.9), 0, 0);
    CHECK_DOUBLE(window_rate(&w, 1000.5, 1001.9), 0, 0); // half a second is too little
    CHECK_DOUBLE(window_rate(&w, 1000.5, 1002), 13 / 1.5, 1e-12);
    CHECK_DOUBLE(window_rate(&w, 1000, 1001.9), 3, 0);
    window_release(&w);
}

TEST(an_empty_window_has_no_rate)
{
    struct window w = {0};
    CHECK_DOUBLE(window_rate(&w, 0, 1.7e9), 0, 0);
    window_clear(&w);
    CHECK_INT(window_at(&w, 0), 0);
}

TEST_MAIN(RUN(seconds_are_counted_in_any_order); RUN(a_second_far_off_is_left_out);
          RUN(merging_adds_second_to_second); RUN(the_rate_is_that_of_the_last_ten_whole_seconds);
          RUN(the_rate_falls_when_nothing_comes_any_more);
          RUN(at_the_begin_the_rate_is_over_the_time_since_the_start);
          RUN(an_empty_window_has_no_rate);)
