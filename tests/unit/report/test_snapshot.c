/* test_snapshot -- what a snapshot holds, and that it is of its moment although it is made in pieces. */
// SPDX-License-Identifier: MIT
#include "report/snapshot.h"

#include "report.h"

#define START_S 1000

static struct stats *small(void)
{
    struct stats *s = stats_new(START_S, false);
    log_one(s, "GET", "/b", 1.23, "", START_S + 1);
    log_one(s, "GET", "/b", 2000, "broke", START_S + 2);
    log_one(s, "POST", "/a", 0.5, "", START_S + 4);
    exceptions_add(&s->exceptions, STR("no"), STR("at a.lua:1"), STR("local"));
    return s;
}

TEST(holds_what_the_statistics_hold)
{
    struct stats *s = small();
    struct snapshot *now = snapshot_take(s, START_S + 4);
    CHECK_INT(now->n_rows, 2);
    const struct snapshot_row *row = &now->rows[0];
    CHECK_TEXT(row->method, "GET");
    CHECK_TEXT(row->name, "/b");
    CHECK_INT(row->requests, 2);
    CHECK_INT(row->failures, 1);
    CHECK_INT(row->bytes, 20);
    CHECK_INT(row->timed, 2);
    CHECK_DOUBLE(row->sum_ms, 2001.23, 1e-9);
    CHECK_DOUBLE(row->min_ms, 1.23, 0);
    CHECK_DOUBLE(row->max_ms, 2000, 0);
    CHECK_DOUBLE(row->percentiles_ms[0], 1.23, 0);
    CHECK_DOUBLE(row->run_rate, 0.5, 1e-9);
    CHECK_DOUBLE(row->fail_ratio, 0.5, 1e-9);
    CHECK_INT(row->within[2], 0); // 1 ms
    CHECK_INT(row->within[3], 1); // 2.5 ms
    CHECK_INT(row->within[SNAPSHOT_BOUNDS - 1], 2);
    CHECK_TEXT(now->total.name, VIEW_TOTAL_NAME);
    CHECK_INT(now->total.requests, 3);
    CHECK_INT(now->n_failures, 1);
    CHECK_TEXT(now->failures[0].text, "broke");
    CHECK_INT(now->failures[0].count, 1);
    CHECK_INT(now->exceptions, 1);
    CHECK_DOUBLE(now->start_s, START_S, 0);
    CHECK_DOUBLE(now->at_s, START_S + 4, 0);
    snapshot_release(now);
    stats_free(s);
}

TEST(holds_what_scripts_count)
{
    struct stats *s = small();
    struct metric *price = metrics_get(&s->metrics, METRIC_TREND, STR("price"));
    metric_add(&s->metrics, price, -2, START_S + 1);
    metric_add(&s->metrics, price, 8, START_S + 1);
    metrics_get(&s->metrics, METRIC_GAUGE, STR("stock"));
    struct snapshot *now = snapshot_take(s, START_S + 4);
    CHECK_INT(now->n_metrics, 2);
    CHECK_TEXT(now->metrics[0].name, "price");
    CHECK_INT(now->metrics[0].kind, METRIC_TREND);
    CHECK_INT(now->metrics[0].count, 2);
    CHECK_DOUBLE(now->metrics[0].sum, 6, 0);
    CHECK_DOUBLE(now->metrics[0].min, -2, 0);
    CHECK_DOUBLE(now->metrics[0].max, 8, 0);
    CHECK_DOUBLE(now->metrics[0].percentiles[0], -2, 0);
    CHECK_DOUBLE(now->metrics[0].percentiles[VIEW_PERCENTILES - 1], 8, 0);
    CHECK_INT(now->metrics[1].count, 0);
    snapshot_release(now);
    stats_free(s);
}

TEST(does_not_change_with_the_statistics)
{
    struct stats *s = small();
    struct snapshot *now = snapshot_take(s, START_S + 4);
    CHECK(snapshot_hold(now) == now);
    log_one(s, "GET", "/b", 1, "broke", START_S + 5);
    stats_free(s);
    snapshot_release(now);
    CHECK_INT(now->rows[0].requests, 2);
    CHECK_TEXT(now->rows[0].name, "/b");
    snapshot_release(now);
    snapshot_release(NULL);
}

TEST(bounds_ascend_and_say_the_same_twice)
{
    for (size_t i = 0; i < SNAPSHOT_BOUNDS; i++) {
        CHECK(i == 0 || snapshot_bounds[i].ms > snapshot_bounds[i - 1].ms);
        CHECK_DOUBLE(strtod(snapshot_bounds[i].seconds, NULL) * 1000, snapshot_bounds[i].ms, 1e-9);
    }
}

TEST(is_made_a_row_at_a_time)
{
    struct stats *s = small();
    struct snapshot_maker m = {0};
    CHECK(!snapshot_is_being_made(&m));
    snapshot_begin(&m, s);
    CHECK(snapshot_step(&m, START_S + 4) == NULL);
    log_one(s, "GET", "/b", 1, "", START_S + 5); // of the row that is there already
    log_one(s, "PUT", "/c", 1, "", START_S + 5); // behind the others
    CHECK(snapshot_is_being_made(&m));
    CHECK(snapshot_step(&m, START_S + 5) == NULL);
    CHECK(snapshot_step(&m, START_S + 5) == NULL);
    CHECK(snapshot_step(&m, START_S + 5) == NULL); // the failure
    struct snapshot *now = snapshot_step(&m, START_S + 5);
    CHECK(now != NULL && !snapshot_is_being_made(&m));
    CHECK_INT(now->n_rows, 3);
    CHECK_INT(now->rows[0].requests, 2);
    CHECK_INT(now->rows[0].timed, 2);
    CHECK_TEXT(now->rows[2].method, "PUT");
    CHECK_INT(now->total.requests, 5);
    snapshot_release(now);
    stats_free(s);
}

TEST(begins_anew_when_what_was_counted_is_dropped)
{
    struct stats *s = small();
    struct snapshot_maker m = {0};
    snapshot_begin(&m, s);
    CHECK(snapshot_step(&m, START_S + 4) == NULL);
    stats_clear(s, START_S + 5);
    log_one(s, "PUT", "/c", 1, "", START_S + 6);
    CHECK(snapshot_step(&m, START_S + 6) == NULL);
    struct snapshot *now = snapshot_step(&m, START_S + 6);
    CHECK(now != NULL);
    CHECK_INT(now->n_rows, 1);
    CHECK_TEXT(now->rows[0].name, "/c");
    CHECK_DOUBLE(now->start_s, START_S + 5, 0);
    snapshot_release(now);
    snapshot_begin(&m, s);
    CHECK(snapshot_step(&m, START_S + 6) == NULL);
    stats_reset(s, START_S + 7);
    CHECK(snapshot_step(&m, START_S + 7) == NULL);
    now = snapshot_step(&m, START_S + 7);
    CHECK_INT(now->rows[0].requests, 0);
    snapshot_release(now);
    stats_free(s);
}

TEST(one_that_is_not_wanted_any_more_is_dropped)
{
    struct stats *s = small();
    struct snapshot_maker m = {0};
    snapshot_begin(&m, s);
    CHECK(snapshot_step(&m, START_S + 4) == NULL);
    snapshot_cancel(&m);
    CHECK(!snapshot_is_being_made(&m));
    snapshot_cancel(&m);
    stats_free(s);
}

/* More than a block of texts, and names longer than one. */
TEST(holds_many_names_and_long_ones)
{
    struct stats *s = stats_new(START_S, false);
    static char name[STATS_NAME_LIMIT];
    for (int i = 0; i < 100; i++) {
        memset(name, 'a' + i % 26, sizeof name - 1);
        name[0] = (char)('0' + i / 10);
        name[1] = (char)('0' + i % 10);
        log_one(s, "GET", name, 1, "", START_S + 1);
    }
    struct snapshot *now = snapshot_take(s, START_S + 1);
    CHECK_INT(now->n_rows, 100);
    for (size_t i = 0; i < now->n_rows; i++) {
        CHECK_INT(strlen(now->rows[i].name), sizeof name - 1);
        CHECK_INT((now->rows[i].name[0] - '0') * 10 + now->rows[i].name[1] - '0', i);
    }
    snapshot_release(now);
    stats_free(s);
}

TEST_MAIN(RUN(holds_what_the_statistics_hold); RUN(holds_what_scripts_count);
          RUN(does_not_change_with_the_statistics); RUN(bounds_ascend_and_say_the_same_twice);
          RUN(is_made_a_row_at_a_time); RUN(begins_anew_when_what_was_counted_is_dropped);
          RUN(one_that_is_not_wanted_any_more_is_dropped); RUN(holds_many_names_and_long_ones);)
