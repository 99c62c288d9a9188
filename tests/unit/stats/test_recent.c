/* test_recent -- the ten seconds that are over, however many times they hold. */
// SPDX-License-Identifier: MIT
#include "stats/recent.h"

#include "../check.h"

static void add(struct recent *r, double ms)
{
    recent_add(r, histogram_time(ms));
}

static uint64_t count(const struct recent *r, double *min_ms, double *max_ms)
{
    struct histogram h = {0};
    recent_times(r, &h);
    *min_ms = h.min_ms;
    *max_ms = h.max_ms;
    uint64_t n = h.count;
    histogram_release(&h);
    return n;
}

TEST(the_present_second_is_not_over)
{
    struct recent *r = recent_new();
    double min_ms, max_ms;
    add(r, 7.25);
    uint64_t during = count(r, &min_ms, &max_ms);
    recent_tick(r);
    uint64_t after = count(r, &min_ms, &max_ms);
    recent_free(r);
    CHECK_INT(during, 0);
    CHECK_INT(after, 1);
    CHECK_DOUBLE(min_ms, 7.25, 0);
}

TEST(a_time_leaves_after_ten_seconds)
{
    struct recent *r = recent_new();
    double min_ms, max_ms;
    add(r, 5000);
    recent_tick(r);
    for (int second = 2; second <= 10; second++) {
        add(r, second);
        recent_tick(r);
    }
    uint64_t tenth = count(r, &min_ms, &max_ms);
    double max_tenth = max_ms;
    recent_tick(r);
    uint64_t eleventh = count(r, &min_ms, &max_ms);
    recent_free(r);
    CHECK_INT(tenth, 10);
    CHECK_DOUBLE(max_tenth, 5000, 0);
    CHECK_INT(eleventh, 9);
    CHECK_DOUBLE(min_ms, 2, 0);
    CHECK_DOUBLE(max_ms, 10, 0);
}

TEST(a_busy_second_is_counted_whole)
{
    struct recent *r = recent_new();
    double min_ms, max_ms;
    for (int round = 0; round < 25; round++) { // so that each second of the ring is used twice
        for (int i = 1; i <= 3000; i++)
            add(r, (i * 7 % 3000 + 1) / 8.0); // each once, few of them an extreme
        recent_tick(r);
    }
    uint64_t n = count(r, &min_ms, &max_ms);
    for (int second = 0; second < 10; second++)
        recent_tick(r);
    double nothing;
    uint64_t later = count(r, &nothing, &nothing);
    recent_free(r);
    CHECK_INT(n, 30000);
    CHECK_DOUBLE(min_ms, 0.125, 0);
    CHECK_DOUBLE(max_ms, 375, 0);
    CHECK_INT(later, 0);
}

TEST(clearing_forgets_all_seconds)
{
    struct recent *r = recent_new();
    double nothing;
    for (int i = 0; i < 2000; i++)
        add(r, 1);
    recent_tick(r);
    add(r, 1);
    recent_clear(r);
    recent_tick(r);
    uint64_t n = count(r, &nothing, &nothing);
    recent_free(r);
    CHECK_INT(n, 0);
    recent_free(NULL);
}

TEST_MAIN(RUN(the_present_second_is_not_over); RUN(a_time_leaves_after_ten_seconds);
          RUN(a_busy_second_is_counted_whole); RUN(clearing_forgets_all_seconds);)
