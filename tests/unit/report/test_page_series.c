/* test_page_series -- what there was of each name in each piece of a run. */
// SPDX-License-Identifier: MIT
#include "report/page_series.h"

#include "page.h"

#include "stats/slots.h"

/* So many slots of ten seconds: in each 10 of /a (1 ms) and one of /b (100 ms), which fails; and
 * a transaction, which no total knows. */
static struct result *long_run(int slots)
{
    struct result *r = result_new();

    r->stats = stats_new(STARTED, false);
    r->owns_stats = true;
    r->started_s = STARTED - 1;
    r->stats->slots = slots_new(STARTED, SLOTS_LIMIT);
    for (int i = 0; i < slots; i++) {
        double now_s = STARTED + 10 * i + 5;
        for (int k = 0; k < 10; k++)
            log_one(r->stats, "GET", "/a", 1, "", now_s);
        log_one(r->stats, "GET", "/b", 100, "refused", now_s);
        log_one(r->stats, ENTRY_TRANSACTION, "buy", 5000, "", now_s);
        if (slots_tick(r->stats->slots, r->stats->entries, 3, now_s + 5))
            while (slots_work(r->stats->slots))
                continue;
    }
    return r;
}

static json_t *series_of(const struct result *r)
{
    size_t n;
    struct entry **sorted = stats_sorted(r->stats, &n);
    json_t *series = page_series(r, sorted, n);

    free(sorted);
    return series;
}

TEST(there_are_none_without_slots)
{
    struct result *r = page_run();
    json_t *series = series_of(r);

    CHECK(json_is_null(series));
    json_decref(series);
    result_free(r);
}

TEST(each_name_has_its_own_and_the_total_all)
{
    struct result *r = long_run(3);
    json_t *series = series_of(r);

    CHECK_DOUBLE(page_number_at(series, "seconds"), 10, 0);
    CHECK_INT(json_array_size(page_at(series, "at")), 3);
    CHECK_DOUBLE(page_number_at(series, "at.0"), 11, 0);
    CHECK_INT(json_array_size(page_at(series, "rows")), 4); // the total, /a, /b, buy
    CHECK_DOUBLE(page_number_at(series, "rows.0.rate.2"), 1.1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.0.failures.2"), 0.1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.0.p50.1"), 1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.0.p95.1"), 100, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.1.rate.0"), 1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.1.p99.0"), 1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.2.rate.0"), 0.1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.2.failures.0"), 0.1, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.3.p50.0"), 5000, 0);
    json_decref(series);
    result_free(r);
}

TEST(a_piece_without_any_has_no_times)
{
    struct result *r = long_run(2);

    log_one(r->stats, "GET", "/late", 7, "", STARTED + 25);
    slots_finish(r->stats->slots, r->stats->entries, 3, STARTED + 30);
    json_t *series = series_of(r);
    CHECK_DOUBLE(page_number_at(series, "rows.3.p50.2"), 7, 0);
    CHECK_DOUBLE(page_number_at(series, "rows.3.rate.0"), 0, 0);
    CHECK(json_is_null(page_at(series, "rows.3.p50.0")));
    json_decref(series);
    result_free(r);
}

/* Neighbours become one; what was counted stays. */
TEST(long_ones_are_thinned)
{
    struct result *r = long_run(25);
    struct entry *many[4000];
    size_t n;
    struct entry **sorted = stats_sorted(r->stats, &n);

    for (size_t i = 0; i < 4000; i++)
        many[i] = sorted[1];
    json_t *series = page_series(r, many, 4000);
    CHECK_INT(json_array_size(page_at(series, "at")), 25); // not below PAGE_SERIES_LEAST
    json_decref(series);
    series = page_series(r, many, 2999);
    CHECK_DOUBLE(page_number_at(series, "seconds"), 10, 0);
    json_decref(series);
    result_free(r);

    r = long_run(61);
    struct entry **again = stats_sorted(r->stats, &n);
    for (size_t i = 0; i < 4000; i++)
        many[i] = again[1];
    series = page_series(r, many, 4000);
    CHECK_DOUBLE(page_number_at(series, "seconds"), 30, 0);
    CHECK_INT(json_array_size(page_at(series, "at")), 21);
    CHECK_DOUBLE(page_number_at(series, "rows.4000.rate.3"), 0.1, 0);
    CHECK_DOUBLE(page_number_at(series, "at.20"), 611, 0);
    json_decref(series);
    free(sorted);
    free(again);
    result_free(r);
}

TEST_MAIN(RUN(there_are_none_without_slots); RUN(each_name_has_its_own_and_the_total_all);
          RUN(a_piece_without_any_has_no_times); RUN(long_ones_are_thinned);)
