/* test_stats -- entries and total together: names, limits, reset, ticks. */
// SPDX-License-Identifier: MIT
#include "stats/stats.h"

#include "base/log.h"

#include "../check.h"

#include <malloc.h>

static size_t lines_logged;
static char last_line[512];

static void take_line(void *self, struct str line)
{
    (void)self;
    lines_logged++;
    snprintf(last_line, sizeof last_line, "%.*s", STR_ARG(line));
}

static void log_one(struct stats *s, const char *method, const char *name, double ms,
                    const char *failure, double now_s)
{
    struct entry *e = stats_entry(s, str_of(method), str_of(name), now_s);
    stats_log(s, e, true, ms, 10, str_of(failure), now_s);
}

static void log_request(struct stats *s, struct str method, struct str name)
{
    stats_log(s, stats_entry(s, method, name, 1), true, 5, 10, STR_EMPTY, 1);
}

TEST(a_request_counts_in_its_entry_and_in_the_total)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/a", 20, NULL, 101);
    log_one(s, "GET", "/a", 40, "refused", 102);
    log_one(s, "POST", "/a", 60, NULL, 103);
    CHECK_INT(s->n_entries, 2);
    struct entry *e = stats_find(s, STR("GET"), STR("/a"));
    CHECK_INT(e->requests, 2);
    CHECK_INT(e->failures, 1);
    CHECK_INT(s->total->requests, 3);
    CHECK_INT(s->total->failures, 1);
    CHECK_INT(s->total->content_length, 30);
    CHECK_DOUBLE(entry_average(s->total), 40, 0);
    CHECK_INT(s->failures.n, 1);
    CHECK_TEXT(s->failures.all->text, "refused");
    CHECK(stats_find(s, STR("PUT"), STR("/a")) == NULL);
    stats_free(s);
    stats_free(NULL);
}

TEST(a_failure_by_itself)
{
    struct stats *s = stats_new(100, false);
    struct entry *e = stats_entry(s, STR("GET"), STR("/a"), 101);
    stats_log_failure(s, e, STR("refused"), 101);
    stats_log_failure(s, e, STR("refused"), 102);
    CHECK_INT(e->requests, 0);
    CHECK_INT(e->failures, 2);
    CHECK_INT(s->total->failures, 2);
    CHECK_INT(s->failures.all->count, 2);
    CHECK_DOUBLE(entry_fail_ratio(e), 1, 0);
    stats_free(s);
}

TEST(method_and_name_do_not_run_into_one_another)
{
    struct stats *s = stats_new(0, false);
    CHECK(stats_entry(s, STR("AB"), STR("C"), 0) != stats_entry(s, STR("A"), STR("BC"), 0));
    CHECK(stats_entry(s, STR("A"), STR("B\0C"), 0) != stats_entry(s, STR("A"), STR("B"), 0));
    struct entry *with_nul = stats_find(s, STR("A"), STR("B\0C"));
    CHECK_TEXT(with_nul->name, "B\\x00C");
    stats_free(s);
}

/* Names of every length that differ in one byte, or in their length, and are asked for twice. */
TEST(names_are_told_apart_by_each_of_their_bytes)
{
    enum { LONGEST = 40 };
    char name[LONGEST + 1];
    struct stats *s = stats_new(0, false);
    stats_limit_names(s, 10000);
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n <= LONGEST; n++) {
            memset(name, 'n', n);
            log_request(s, STR("GET"), str_make(name, n));
            log_request(s, str_make(name, n), STR("/"));
            for (size_t i = 0; i < n; i++) {
                name[i] = 'x';
                log_request(s, STR("GET"), str_make(name, n));
                log_request(s, str_make(name, n), STR("/"));
                name[i] = 'n';
            }
        }
    }
    size_t wrong = 0;
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next)
        wrong += e->requests != 3 || e->times.count != 3;
    CHECK_INT(s->n_entries, 2 * (LONGEST + 1 + LONGEST * (LONGEST + 1) / 2));
    CHECK_INT(wrong, 0);
    CHECK_INT(s->total->requests, 3 * s->n_entries);
    CHECK_INT(stats_find(s, STR("GET"), STR("nnnnnnnnnxn"))->requests, 3);
    stats_free(s);
}

TEST(a_name_is_a_new_entry_once_entries_were_dropped)
{
    struct stats *s = stats_new(0, false);
    log_request(s, STR("GET"), STR("/a"));
    log_request(s, STR("GET"), STR("/a"));
    stats_clear(s, 5);
    log_request(s, STR("GET"), STR("/a"));
    CHECK_INT(s->n_entries, 1);
    CHECK_INT(s->entries->requests, 1);
    CHECK_INT(s->total->requests, 1);
    stats_free(s);
}

TEST(long_names_are_cut)
{
    static char name[STATS_NAME_LIMIT + 100];
    memset(name, 'n', sizeof name);
    struct stats *s = stats_new(0, false);
    struct entry *e = stats_entry(s, STR("GET"), str_make(name, sizeof name), 0);
    CHECK_INT(strlen(e->name), STATS_NAME_LIMIT);
    CHECK(stats_entry(s, STR("GET"), str_make(name, sizeof name), 0) == e);
    CHECK(stats_find(s, STR("GET"), str_make(name, sizeof name - 1)) == e);
    stats_free(s);
}

TEST(names_beyond_the_limit_are_counted_together)
{
    struct stats *s = stats_new(0, false);
    stats_limit_names(s, 3);
    lines_logged = 0;
    log_set_sink(take_line, NULL);
    for (int i = 0; i < 10; i++) {
        char name[16];
        snprintf(name, sizeof name, "/%d", i);
        log_one(s, "GET", name, 5, i == 8 ? "boom" : NULL, 1);
    }
    log_one(s, "GET", "/1", 5, NULL, 1);
    CHECK_INT(s->n_entries, 4);
    CHECK_INT(s->metrics.limit, 3);
    CHECK_INT(s->names_left_out, 7);
    CHECK_INT(lines_logged, 1);
    CHECK(strstr(last_line, "more than 3 names") != NULL);
    CHECK(strstr(last_line, "name = \"/items/[id]\"") != NULL);
    struct entry *other = stats_find(s, STR_EMPTY, STR(STATS_OTHER_NAME));
    CHECK_INT(other->requests, 7);
    CHECK_INT(other->failures, 1);
    CHECK_INT(s->total->requests, 11);
    CHECK(stats_find(s, STR("GET"), STR("/9")) == NULL);
    CHECK_TEXT(s->failures.all->name, STATS_OTHER_NAME);

    stats_clear(s, 2);
    CHECK_INT(s->names_left_out, 0);
    log_one(s, "GET", "/9", 5, NULL, 3);
    CHECK_INT(stats_find(s, STR("GET"), STR("/9"))->requests, 1);
    for (int i = 0; i < 4; i++) {
        char name[16];
        snprintf(name, sizeof name, "/%d", i);
        log_one(s, "GET", name, 5, NULL, 3);
    }
    CHECK_INT(stats_find(s, STR_EMPTY, STR(STATS_OTHER_NAME))->requests, 2);
    CHECK_INT(s->names_left_out, 2);
    CHECK_INT(lines_logged, 2);
    log_set_sink(NULL, NULL);
    stats_free(s);
}

TEST(transactions_are_rows_and_no_part_of_the_total)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/a", 20, NULL, 101);
    log_one(s, ENTRY_TRANSACTION, "buy", 900, NULL, 103);
    log_one(s, ENTRY_TRANSACTION, "buy", 700, "sold out", 104);
    struct entry *e = stats_find(s, STR(ENTRY_TRANSACTION), STR("buy"));
    CHECK(e->is_transaction);
    CHECK_INT(e->requests, 2);
    CHECK_INT(e->failures, 1);
    CHECK_DOUBLE(entry_average(e), 800, 0);
    CHECK_INT(s->total->requests, 1);
    CHECK_INT(s->total->failures, 0);
    CHECK_DOUBLE(s->total->times.max_ms, 20, 0);
    CHECK_INT(s->total->content_length, 10);
    CHECK_DOUBLE(s->total->last_s, 101, 0);
    CHECK_DOUBLE(stats_seconds(s), 4, 0);
    CHECK_DOUBLE(stats_total_rate(s, e), 0.5, 0);
    CHECK_DOUBLE(stats_total_rate(s, s->total), 1, 0);
    CHECK_TEXT(s->failures.all->text, "sold out");
    size_t n;
    free(stats_sorted(s, &n));
    CHECK_INT(n, 2);
    stats_free(s);
}

TEST(transactions_beyond_the_limit_stay_out_of_the_total)
{
    struct stats *s = stats_new(0, false);
    stats_limit_names(s, 1);
    log_set_sink(take_line, NULL);
    log_one(s, "GET", "/a", 5, NULL, 1);
    log_one(s, ENTRY_TRANSACTION, "buy 1", 5, NULL, 1);
    log_one(s, ENTRY_TRANSACTION, "buy 2", 5, "x", 1);
    log_one(s, "GET", "/b", 5, NULL, 1);
    log_set_sink(NULL, NULL);
    CHECK_INT(stats_find(s, STR(ENTRY_TRANSACTION), STR(STATS_OTHER_NAME))->requests, 2);
    CHECK_INT(stats_find(s, STR_EMPTY, STR(STATS_OTHER_NAME))->requests, 1);
    CHECK_INT(s->total->requests, 2);
    CHECK_INT(s->total->failures, 0);
    CHECK_INT(s->names_left_out, 3);
    stats_free(s);
}

TEST(metrics_are_cleared_and_reset_with_the_rest)
{
    struct stats *s = stats_new(100, false);
    struct metric *of = metrics_get(&s->metrics, METRIC_CHECK, STR("ok"));
    metric_add_bool(&s->metrics, of, true, 107);
    CHECK_DOUBLE(stats_seconds(s), 7, 0);
    stats_reset(s, 110);
    CHECK_INT(of->count, 0);
    CHECK_DOUBLE(stats_seconds(s), 0, 0);
    stats_clear(s, 120);
    CHECK(metrics_find_check(&s->metrics, STR("ok")) == NULL);
    stats_free(s);
}

/* AddressSanitizer's allocator doesn't tell: 0. */
static size_t bytes_in_use(void)
{
    return mallinfo2().uordblks;
}

/* An id in each name and text: the entries, failures, checks and metrics that they leave. */
TEST(names_without_end_take_little_memory)
{
    enum { NAMES = 200000 };
    struct stats *s = stats_new(0, false);
    size_t before = bytes_in_use(), half = 0;
    log_set_sink(take_line, NULL);
    for (int i = 0; i < NAMES; i++) {
        char name[64];
        double now_s = i / 10000.0;
        snprintf(name, sizeof name, "/items/%d?with=a%%20longer%%20query", i);
        struct str text = str_of(name);
        log_one(s, "GET", name, i % 1000, i % 2 == 0 ? NULL : name, now_s);
        log_one(s, ENTRY_TRANSACTION, name, i % 1000, NULL, now_s);
        metric_add_bool(&s->metrics, metrics_get(&s->metrics, METRIC_CHECK, text), true, now_s);
        metric_add(&s->metrics, metrics_get(&s->metrics, METRIC_TREND, text), i, now_s);
        if (i == NAMES / 2)
            half = bytes_in_use() - before;
    }
    log_set_sink(NULL, NULL);
    size_t all = bytes_in_use() - before;
    CHECK(all < 40 << 20);
    CHECK(all < half + (256 << 10));
    CHECK_INT(s->n_entries, 1002);
    CHECK_INT(s->total->requests, NAMES);
    CHECK(s->failures.n <= FAILURES_LIMIT + 2);
    stats_free(s);
}

TEST(clear_drops_entries_and_says_so)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/a", 20, "x", 101);
    exceptions_add(&s->exceptions, STR("m"), STR("t"), STR("local"));
    stats_tick(s, 1, 102);
    s->in_flight_at_end = 4;
    uint64_t generation = s->generation;
    stats_clear(s, 200);
    CHECK(s->generation != generation);
    CHECK_INT(s->n_entries, 0);
    CHECK(s->entries == NULL);
    CHECK_INT(s->total->requests, 0);
    CHECK_DOUBLE(s->total->start_s, 200, 0);
    CHECK_INT(s->failures.n, 0);
    CHECK_INT(s->exceptions.n, 0);
    CHECK_INT(s->history.n, 0);
    CHECK_INT(s->in_flight_at_end, 0);
    stats_free(s);
}

TEST(reset_keeps_entries_with_zeros)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/a", 20, "x", 101);
    stats_tick(s, 1, 102);
    struct entry *e = stats_find(s, STR("GET"), STR("/a"));
    uint64_t generation = s->generation;
    stats_reset(s, 200);
    CHECK_INT(s->generation, generation);
    CHECK(stats_find(s, STR("GET"), STR("/a")) == e);
    CHECK_INT(e->requests + e->failures, 0);
    CHECK_DOUBLE(e->start_s, 200, 0);
    CHECK_INT(s->total->requests, 0);
    CHECK_INT(s->failures.n, 0);
    CHECK_INT(s->history.n, 0);
    stats_free(s);
}

TEST(entries_keep_the_order_of_their_coming_and_are_sorted_for_tables)
{
    struct stats *s = stats_new(0, false);
    static const char *const names[][2] = {
        {"POST", "/b"}, {"GET", "/b"}, {"GET", "/a"}, {"GET", "/B"}, {"GET", "/\xc3\xa9"},
    };
    for (size_t i = 0; i < 5; i++)
        stats_entry(s, str_of(names[i][0]), str_of(names[i][1]), 0);
    size_t i = 0;
    struct entry *e, *next;
    HASH_ITER (hh, s->entries, e, next)
        CHECK_TEXT(e->method, names[i++][0]);

    size_t n;
    struct entry **sorted = stats_sorted(s, &n);
    CHECK_INT(n, 5);
    CHECK_TEXT(sorted[0]->name, "/B");
    CHECK_TEXT(sorted[1]->name, "/a");
    CHECK_TEXT(sorted[2]->name, "/b");
    CHECK_TEXT(sorted[2]->method, "GET");
    CHECK_TEXT(sorted[3]->method, "POST");
    CHECK_TEXT(sorted[4]->name, "/\xc3\xa9");
    free(sorted);
    stats_free(s);
}

/* Locust's example: total from 1.0 to 6.0, one entry with 9 requests, another with 1. */
TEST(total_rates_are_over_the_time_of_the_total)
{
    struct stats *s = stats_new(1, false);
    for (int i = 0; i < 9; i++)
        log_one(s, "GET", "/many", 1, i < 4 ? "x" : NULL, 2);
    log_one(s, "GET", "/one", 1, NULL, 6);
    CHECK_DOUBLE(stats_total_rate(s, stats_find(s, STR("GET"), STR("/many"))), 1.8, 1e-12);
    CHECK_DOUBLE(stats_total_rate(s, stats_find(s, STR("GET"), STR("/one"))), 0.2, 1e-12);
    CHECK_DOUBLE(stats_total_rate(s, s->total), 2.0, 0);
    CHECK_DOUBLE(stats_total_failure_rate(s, s->total), 0.8, 1e-12);
    stats_clear(s, 10);
    CHECK_DOUBLE(stats_total_rate(s, s->total), 0, 0);
    stats_free(s);
}

TEST(current_rates_of_entries_add_up_to_the_totals)
{
    struct stats *s = stats_new(100, false);
    for (int i = 0; i < 20; i++)
        log_one(s, "GET", "/a", 1, NULL, 101 + i / 4);
    log_one(s, "GET", "/late", 1, NULL, 105.5); // has its own start, but no rate of its own begin
    log_one(s, "GET", "/late", 1, NULL, 105.6);
    double now_s = 107.25;
    double a = entry_current_rate(stats_find(s, STR("GET"), STR("/a")), now_s);
    double late = entry_current_rate(stats_find(s, STR("GET"), STR("/late")), now_s);
    CHECK_DOUBLE(a, 20 / 7.0, 1e-12);
    CHECK_DOUBLE(late, 2 / 7.0, 1e-12);
    CHECK_DOUBLE(entry_current_rate(s->total, now_s), a + late, 1e-12);
    stats_free(s);
}

TEST(a_tick_takes_a_sample)
{
    struct stats *s = stats_new(100, false);
    log_one(s, "GET", "/a", 20, NULL, 100.1);
    log_one(s, "GET", "/a", 30, NULL, 100.2);
    log_one(s, "GET", "/a", 700, "x", 100.3);
    stats_tick(s, 12, 101);
    const struct history_sample *sample = history_last(&s->history);
    CHECK_DOUBLE(sample->at_s, 101, 0);
    CHECK_INT(sample->users, 12);
    CHECK_INT(sample->requests, 3);
    CHECK_INT(sample->failures, 1);
    CHECK_DOUBLE(sample->rate, 3, 0);
    CHECK_DOUBLE(sample->failure_rate, 1, 0);
    CHECK_DOUBLE(sample->p50_ms, 30, 0.02);
    CHECK_DOUBLE(sample->p95_ms, 700, 0);
    CHECK_DOUBLE(sample->average_ms, 250, 0);
    for (int second = 2; second <= 11; second++)
        stats_tick(s, 12, 100 + second);
    sample = history_last(&s->history);
    CHECK_INT(s->history.n, 11);
    CHECK_DOUBLE(sample->rate, 0, 0);
    CHECK_DOUBLE(sample->p95_ms, 0, 0);
    CHECK_INT(sample->requests, 3);
    stats_free(s);
}

TEST(entries_have_current_times_where_it_was_asked_for)
{
    struct stats *with = stats_new(0, true), *without = stats_new(0, false);
    log_one(with, "GET", "/a", 20, NULL, 0.5);
    log_one(without, "GET", "/a", 20, NULL, 0.5);
    stats_tick(with, 1, 1);
    stats_tick(without, 1, 1);
    struct histogram current = {0};
    entry_current_times(without->entries, &current);
    CHECK_INT(current.count, 0);
    entry_current_times(with->entries, &current);
    CHECK_INT(current.count, 1);
    histogram_clear(&current);
    entry_current_times(without->total, &current);
    CHECK_INT(current.count, 1);
    histogram_release(&current);
    stats_free(with);
    stats_free(without);
}

TEST_MAIN(RUN(a_request_counts_in_its_entry_and_in_the_total); RUN(a_failure_by_itself);
          RUN(method_and_name_do_not_run_into_one_another);
          RUN(names_are_told_apart_by_each_of_their_bytes);
          RUN(a_name_is_a_new_entry_once_entries_were_dropped); RUN(long_names_are_cut);
          RUN(names_beyond_the_limit_are_counted_together);
          RUN(transactions_are_rows_and_no_part_of_the_total);
          RUN(transactions_beyond_the_limit_stay_out_of_the_total);
          RUN(names_without_end_take_little_memory);
          RUN(metrics_are_cleared_and_reset_with_the_rest); RUN(clear_drops_entries_and_says_so);
          RUN(reset_keeps_entries_with_zeros);
          RUN(entries_keep_the_order_of_their_coming_and_are_sorted_for_tables);
          RUN(total_rates_are_over_the_time_of_the_total);
          RUN(current_rates_of_entries_add_up_to_the_totals); RUN(a_tick_takes_a_sample);
          RUN(entries_have_current_times_where_it_was_asked_for);)
