/* test_threshold_figures -- which names a threshold is of, and what is added up of them. */
// SPDX-License-Identifier: MIT
#include "run/threshold_figures.h"

#include "../check.h"

TEST(patterns)
{
    CHECK(threshold_matches(STR("*"), STR("")));
    CHECK(threshold_matches(STR("a*c*"), STR("abcbcd")));
    CHECK(threshold_matches(STR("*bcd"), STR("abcbcd")));
    CHECK(!threshold_matches(STR("*bce"), STR("abcbcd")));
    CHECK(!threshold_matches(STR("[id]"), STR("i")));
    CHECK(!threshold_matches(STR("a"), STR("ab")));
    CHECK(!threshold_matches(STR(""), STR("a")));
}

TEST(what_matches_is_added)
{
    struct stats *s = stats_new(100, false);
    struct threshold_figures f = {.times = NULL};
    struct threshold t;

    for (int i = 0; i < 3; i++)
        stats_log(s, stats_entry(s, STR("GET"), STR("/a/1"), 100), true, 10, 1, STR("no"), 104);
    stats_log(s, stats_entry(s, STR("POST"), STR("/a/2"), 100), true, 20, 1, STR_EMPTY, 105);
    CHECK_INT(threshold_parse(&t, STR("avg of /a/* < 3"), NULL), 0);
    threshold_collect(&f, &t, s);
    CHECK(f.has_matched);
    CHECK_INT(f.requests, 4);
    CHECK_INT(f.failures, 3);
    CHECK_INT(f.times->count, 4);
    CHECK_DOUBLE(f.times->sum_ms, 50, 1e-9);
    CHECK_DOUBLE(f.seconds, 5, 1e-9);
    threshold_collect(&f, &t, s); // once more: nothing is added twice
    CHECK_INT(f.times->count, 4);
    threshold_figures_release(&f);
    CHECK(!f.has_matched && f.times == NULL);
    threshold_release(&t);
    stats_free(s);
}

TEST_MAIN(RUN(patterns); RUN(what_matches_is_added);)
