/* test_entry -- what one method and name counts. */
// SPDX-License-Identifier: MIT
#include "stats/entry.h"

#include "../check.h"

static struct entry *entry_of(const double *ms, size_t n, size_t untimed, double now_s)
{
    struct entry *e = entry_new(STR("GET"), STR("/"), now_s, false);
    for (size_t i = 0; i < n; i++)
        entry_log(e, true, ms[i], 0, now_s);
    for (size_t i = 0; i < untimed; i++)
        entry_log(e, false, 0, 0, now_s);
    return e;
}

TEST(a_new_one_has_its_names_and_nothing_else)
{
    struct entry *e = entry_new(STR("POST"), STR("/a b"), 12.5, false);
    CHECK_TEXT(e->method, "POST");
    CHECK_TEXT(e->name, "/a b");
    CHECK_DOUBLE(e->start_s, 12.5, 0);
    CHECK_DOUBLE(e->last_s, 0, 0);
    CHECK_DOUBLE(entry_median(e), 0, 0);
    CHECK_DOUBLE(entry_average(e), 0, 0);
    CHECK_DOUBLE(entry_average_length(e), 0, 0);
    CHECK_DOUBLE(entry_fail_ratio(e), 0, 0);
    CHECK(e->recent == NULL);
    entry_free(e);
    entry_free(NULL);
}

TEST(requests_without_a_time_count_but_in_the_times)
{
    static const double ms[] = {45, 135, 44, 375, 601, 35, 79};
    struct entry *e = entry_of(ms, 7, 2, 100);
    CHECK_INT(e->requests, 9);
    CHECK_INT(e->untimed, 2);
    CHECK_DOUBLE(entry_median(e), 79, 0.04);
    CHECK_DOUBLE(entry_average(e), 187.71428571428572, 1e-9);
    CHECK_INT(window_at(&e->per_second, 100), 9);
    entry_free(e);

    e = entry_of(NULL, 0, 3, 100);
    CHECK_INT(e->requests, 3);
    CHECK_DOUBLE(entry_median(e), 0, 0);
    CHECK_DOUBLE(entry_average(e), 0, 0);
    entry_free(e);
}

TEST(lengths_and_failures_are_of_all_requests)
{
    struct entry *e = entry_new(STR("GET"), STR("/"), 0, false);
    entry_log(e, true, 756, 100, 3.9);
    entry_log_failure(e, 3.9);
    entry_log(e, true, 85, 50, 4.1);
    CHECK_INT(e->requests, 2);
    CHECK_INT(e->failures, 1);
    CHECK_DOUBLE(entry_average(e), 420.5, 0);
    CHECK_DOUBLE(entry_median(e), 85, 0);
    CHECK_DOUBLE(entry_average_length(e), 75, 0);
    CHECK_DOUBLE(entry_fail_ratio(e), 0.5, 0);
    CHECK_DOUBLE(e->last_s, 4.1, 0);
    CHECK_INT(window_at(&e->failures_per_second, 3), 1);
    CHECK_INT(window_at(&e->failures_per_second, 4), 0);
    entry_free(e);
}

/* Whether or not something has to be made: for seconds that follow, blocks, extremes, lists. */
TEST(what_is_logged_quickly_is_what_is_logged_one_by_one)
{
    static const double ms[] = {0, 0.4, 12.25, 12.25, 900, 3.5, 70000, -1, 12.25};
    struct entry *both[2], *each[2];
    size_t quick = 0;
    for (size_t k = 0; k < 2; k++) {
        both[k] = entry_new(STR("GET"), STR("/"), 10, k == 1);
        each[k] = entry_new(STR("GET"), STR("/"), 10, k == 1);
        entry_log(both[k], true, 20.0 + 400.0 * (double)k, 7,
                  10); // as an entry that came first has
        entry_log(each[k], true, 20.0 + 400.0 * (double)k, 7, 10);
    }
    for (size_t i = 0; i < 2000; i++) {
        double now_s = 10 + (double)(i / 100), time = ms[i % 9];
        bool timed = i % 7 != 3;
        if (timed && entry_log_quickly(both[0], both[1], time, i, now_s)) {
            quick++;
        } else {
            entry_log(both[0], timed, time, i, now_s);
            entry_log(both[1], timed, time, i, now_s);
        }
        entry_log(each[0], timed, time, i, now_s);
        entry_log(each[1], timed, time, i, now_s);
    }
    CHECK(quick > 1000 && quick < 1700);
    for (size_t k = 0; k < 2; k++) {
        struct histogram got = {0}, expected = {0};
        CHECK_INT(both[k]->requests, each[k]->requests);
        CHECK_INT(both[k]->untimed, each[k]->untimed);
        CHECK_INT(both[k]->content_length, each[k]->content_length);
        CHECK_DOUBLE(both[k]->last_s, each[k]->last_s, 0);
        CHECK_INT(both[k]->times.count, each[k]->times.count);
        CHECK_DOUBLE(both[k]->times.sum_ms, each[k]->times.sum_ms, 0);
        CHECK_DOUBLE(both[k]->times.min_ms, each[k]->times.min_ms, 0);
        CHECK_DOUBLE(both[k]->times.max_ms, each[k]->times.max_ms, 0);
        for (double q = 0; q <= 1; q += 0.05)
            CHECK_DOUBLE(entry_percentile(both[k], q), entry_percentile(each[k], q), 0);
        for (int64_t second = 9; second < 32; second++)
            CHECK_INT(window_at(&both[k]->per_second, second),
                      window_at(&each[k]->per_second, second));
        entry_tick(both[k]);
        entry_tick(each[k]);
        entry_current_times(both[k], &got);
        entry_current_times(each[k], &expected);
        CHECK_INT(got.count, expected.count);
        CHECK_DOUBLE(got.sum_ms, expected.sum_ms, 0);
        CHECK_INT(got.count > 0, k == 1);
        histogram_release(&got);
        histogram_release(&expected);
        entry_free(both[k]);
        entry_free(each[k]);
    }
}

TEST(failures_alone_are_a_ratio_of_one)
{
    struct entry *e = entry_new(STR("GET"), STR("/"), 0, false);
    entry_log_failure(e, 0);
    CHECK_DOUBLE(entry_fail_ratio(e), 1, 0);
    entry_free(e);
}

/* Locust's numbers, seen from "now" instead of from the last request. */
TEST(current_rates_are_over_the_last_ten_seconds)
{
    struct entry *e = entry_new(STR("GET"), STR("/"), 1000, false);
    for (int i = 0; i < 9; i++)
        entry_log(e, true, 1, 0, 1000.3);
    for (int i = 0; i < 3; i++)
        entry_log_failure(e, 1000.3);
    CHECK_DOUBLE(entry_current_rate(e, 1002), 4.5, 0);
    CHECK_DOUBLE(entry_current_failure_rate(e, 1002), 1.5, 0);
    CHECK_DOUBLE(entry_current_failure_rate(e, 1010), 0.3, 1e-12);
    CHECK_DOUBLE(entry_current_rate(e, 1025), 0, 0);
    entry_free(e);
}

TEST(workers_merge_into_the_masters_median)
{
    static const double one[] = {100, 800}, two[] = {700};
    struct entry *into = entry_of(one, 2, 1, 50);
    struct entry *from = entry_of(two, 1, 1, 47);
    entry_log_failure(from, 47);
    entry_log(from, false, 0, 30, 52);
    entry_merge(into, from);
    CHECK_INT(into->requests, 6);
    CHECK_INT(into->untimed, 3);
    CHECK_INT(into->failures, 1);
    CHECK_INT(into->content_length, 30);
    CHECK_DOUBLE(entry_median(into), 700, 0.3);
    CHECK_DOUBLE(into->start_s, 47, 0);
    CHECK_DOUBLE(into->last_s, 52, 0);
    CHECK_INT(window_at(&into->per_second, 47), 2);
    CHECK_INT(window_at(&into->per_second, 50), 3);
    CHECK_INT(window_at(&into->failures_per_second, 47), 1);
    entry_free(into);
    entry_free(from);
}

TEST(a_reset_keeps_the_names_alone)
{
    static const double ms[] = {10};
    struct entry *e = entry_of(ms, 1, 1, 50);
    entry_log_failure(e, 50);
    entry_reset(e, 60);
    CHECK_TEXT(e->name, "/");
    CHECK_INT(e->requests + e->untimed + e->failures + e->content_length, 0);
    CHECK_INT(e->times.count, 0);
    CHECK_INT(window_at(&e->per_second, 50), 0);
    CHECK_DOUBLE(e->start_s, 60, 0);
    CHECK_DOUBLE(e->last_s, 0, 0);
    entry_free(e);
}

TEST(current_times_are_kept_where_it_was_asked_for)
{
    struct entry *kept = entry_new(STR("GET"), STR("/"), 0, true);
    struct entry *not_kept = entry_new(STR("GET"), STR("/"), 0, false);
    entry_log(kept, true, 30, 0, 1);
    entry_log(not_kept, true, 30, 0, 1);
    entry_log(kept, false, 99, 0, 1);
    entry_tick(kept);
    entry_tick(not_kept);
    struct histogram current = {0};
    entry_current_times(not_kept, &current);
    CHECK_INT(current.count, 0);
    entry_current_times(kept, &current);
    CHECK_INT(current.count, 1);
    CHECK_DOUBLE(current.max_ms, 30, 0);
    histogram_release(&current);
    entry_reset(kept, 2);
    entry_current_times(kept, &current);
    CHECK_INT(current.count, 0);
    entry_free(kept);
    entry_free(not_kept);
}

TEST(phases_are_kept_where_they_are_logged)
{
    struct entry *e = entry_of((double[]){1}, 1, 0, 10), *other = entry_of((double[]){1}, 1, 0, 10);
    static const double ms[PHASES] = {0, 0, 0, 3, 1};

    CHECK(e->phases == NULL);
    entry_merge(e, other);
    CHECK(e->phases == NULL);
    entry_log_phases(other, ms);
    entry_merge(e, other);
    entry_merge(e, other);
    CHECK_INT(e->phases->requests, 2);
    CHECK_DOUBLE(e->phases->of[PHASE_WAIT].sum_ms, 6, 0);
    entry_reset(e, 11);
    CHECK_INT(e->phases->requests, 0);
    entry_free(e);
    entry_free(other);
}

TEST_MAIN(RUN(what_is_logged_quickly_is_what_is_logged_one_by_one);
          RUN(phases_are_kept_where_they_are_logged); RUN(a_new_one_has_its_names_and_nothing_else);
          RUN(requests_without_a_time_count_but_in_the_times);
          RUN(lengths_and_failures_are_of_all_requests); RUN(failures_alone_are_a_ratio_of_one);
          RUN(current_rates_are_over_the_last_ten_seconds);
          RUN(workers_merge_into_the_masters_median); RUN(a_reset_keeps_the_names_alone);
          RUN(current_times_are_kept_where_it_was_asked_for);)
