/* test_openmetrics -- families, samples, labels of foreign text. */
// SPDX-License-Identifier: MIT
#include "report/openmetrics.h"

#include "report.h"

#include <math.h>

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

static char *text_of(const struct stats *s, bool is_over)
{
    struct buf out = BUF_INIT;
    openmetrics_add(&out, s, &(struct openmetrics_at){.users = 7, .is_over = is_over});
    openmetrics_end(&out);
    return buf_detach(&out);
}

TEST(counts_stand_by_method_and_name)
{
    struct stats *s = small();
    char *text = text_of(s, true);
    CHECK(has_line(text, "# TYPE katydid_requests counter"));
    CHECK(has_line(text, "katydid_requests_total{method=\"GET\",name=\"/b\"} 2"));
    CHECK(has_line(text, "katydid_requests_total{method=\"POST\",name=\"/a\"} 1"));
    CHECK(has_line(text, "katydid_failures_total{method=\"GET\",name=\"/b\"} 1"));
    CHECK(has_line(text, "katydid_failures_total{method=\"POST\",name=\"/a\"} 0"));
    CHECK(has_line(text, "# UNIT katydid_response_bytes bytes"));
    CHECK(has_line(text, "katydid_response_bytes_total{method=\"GET\",name=\"/b\"} 20"));
    CHECK(has_line(text, "katydid_users 7"));
    CHECK(has_line(text, "katydid_exceptions_total 1"));
    free(text);
    stats_free(s);
}

/* A sum over all series must be the number of requests, so the total is none of them. */
TEST(the_total_is_no_series_of_counts)
{
    struct stats *s = small();
    char *text = text_of(s, false);
    CHECK(strstr(text, "katydid_requests_total{method=\"\"") == NULL);
    CHECK(strstr(text, "katydid_response_time_seconds_count{method=\"\"") == NULL);
    free(text);
    stats_free(s);
}

TEST(percentiles_are_those_of_the_tables_in_seconds)
{
    struct stats *s = small();
    char *text = text_of(s, false);
    CHECK(has_line(text, "katydid_response_time_percentile_seconds"
                         "{method=\"GET\",name=\"/b\",quantile=\"0.5\"} 0.00123"));
    CHECK(has_line(text, "katydid_response_time_percentile_seconds"
                         "{method=\"GET\",name=\"/b\",quantile=\"0.95\"} 2"));
    CHECK(has_line(text, "katydid_response_time_percentile_seconds"
                         "{method=\"\",name=\"Aggregated\",quantile=\"1.0\"} 2"));
    free(text);
    stats_free(s);
}

TEST(buckets_hold_what_was_not_slower)
{
    struct stats *s = small();
    char *text = text_of(s, false);
    log_one(s, "GET", "/b", 1, "", START_S + 3); // a bound is within its own bucket
    char *later = text_of(s, false);
    const char *bucket = "katydid_response_time_seconds_bucket{method=\"GET\",name=\"/b\",le=";
    char line[128];
    snprintf(line, sizeof line, "%s\"0.001\"} 0", bucket);
    CHECK(has_line(text, line));
    snprintf(line, sizeof line, "%s\"0.001\"} 1", bucket);
    CHECK(has_line(later, line));
    snprintf(line, sizeof line, "%s\"0.0025\"} 1", bucket);
    CHECK(has_line(text, line));
    snprintf(line, sizeof line, "%s\"1.0\"} 1", bucket);
    CHECK(has_line(text, line));
    snprintf(line, sizeof line, "%s\"2.5\"} 2", bucket);
    CHECK(has_line(text, line));
    snprintf(line, sizeof line, "%s\"+Inf\"} 2", bucket);
    CHECK(has_line(text, line));
    CHECK(has_line(text, "katydid_response_time_seconds_sum{method=\"GET\",name=\"/b\"} 2.00123"));
    CHECK(has_line(text, "katydid_response_time_seconds_count{method=\"GET\",name=\"/b\"} 2"));
    free(text);
    free(later);
    stats_free(s);
}

TEST(what_is_over_has_rates_and_no_buckets)
{
    struct stats *s = small();
    s->in_flight_at_end = 3;
    char *text = text_of(s, true);
    CHECK(strstr(text, "_bucket") == NULL);
    CHECK(has_line(text, "katydid_requests_per_second{method=\"GET\",name=\"/b\"} 0.5"));
    CHECK(has_line(text, "katydid_requests_per_second{method=\"\",name=\"Aggregated\"} 0.75"));
    CHECK(has_line(text, "katydid_fail_ratio{method=\"GET\",name=\"/b\"} 0.5"));
    CHECK(has_line(text, "katydid_requests_in_flight_at_end 3"));
    free(text);
    stats_free(s);
}

TEST(a_run_without_requests_has_families_all_the_same)
{
    struct stats *s = stats_new(START_S, false);
    char *text = text_of(s, false);
    CHECK(has_line(text, "# TYPE katydid_requests counter"));
    CHECK(has_line(text, "katydid_exceptions_total 0"));
    CHECK(strstr(text, "quantile=") == NULL);
    CHECK(str_ends(str_of(text), STR("\n# EOF\n")));
    free(text);
    stats_free(s);
}

static struct metric *metric_of(struct stats *s, enum metric_kind kind, const char *name)
{
    return metrics_get(&s->metrics, kind, str_of(name));
}

TEST(what_scripts_count_stands_by_kind_and_name)
{
    struct stats *s = small();
    struct metrics *m = &s->metrics;
    metric_add_bool(m, metric_of(s, METRIC_CHECK, "ok \"?\""), true, START_S);
    metric_add_bool(m, metric_of(s, METRIC_CHECK, "ok \"?\""), false, START_S);
    metric_add(m, metric_of(s, METRIC_COUNTER, "orders"), 2.5, START_S);
    metric_add(m, metric_of(s, METRIC_GAUGE, "stock"), -3, START_S);
    metric_of(s, METRIC_GAUGE, "unknown");
    metric_add(m, metric_of(s, METRIC_TREND, "price"), 10, START_S);
    metric_add(m, metric_of(s, METRIC_TREND, "change"), -1, START_S);
    metric_add_bool(m, metric_of(s, METRIC_RATE, "cached"), true, START_S);
    char *text = text_of(s, false);
    CHECK(has_line(text, "katydid_checks_total{name=\"ok \\\"?\\\"\",outcome=\"passed\"} 1"));
    CHECK(has_line(text, "katydid_checks_total{name=\"ok \\\"?\\\"\",outcome=\"failed\"} 1"));
    CHECK(has_line(text, "katydid_custom_total{name=\"orders\"} 2.5"));
    CHECK(has_line(text, "katydid_custom_value{name=\"stock\"} -3"));
    CHECK(strstr(text, "unknown") == NULL);
    CHECK(has_line(text, "katydid_custom_trend{name=\"price\",quantile=\"0.5\"} 10"));
    CHECK(has_line(text, "katydid_custom_trend_sum{name=\"price\"} 10"));
    CHECK(has_line(text, "katydid_custom_trend_count{name=\"change\"} 1"));
    CHECK(strstr(text, "katydid_custom_trend_sum{name=\"change\"}") == NULL);
    CHECK(has_line(text, "katydid_custom_rate_total{name=\"cached\",outcome=\"true\"} 1"));
    CHECK(has_line(text, "# TYPE katydid_custom_trend summary"));
    free(text);
    stats_free(s);
}

TEST(foreign_text_stays_within_its_label)
{
    struct buf out = BUF_INIT;
    openmetrics_add_label(&out, "name", STR("a\"b\\c\nd\r\ne\xff\0f"));
    CHECK_STR(buf_slice(&out), "name=\"a\\\"b\\\\c\\nd\\ne\\\\xff\\\\x00f\"");
    buf_release(&out);
}

TEST(numbers_are_written_as_the_format_asks)
{
    struct buf out = BUF_INIT;
    const double values[] = {0, 3, -2, 0.1, 1e18, INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        openmetrics_add_number(&out, values[i]);
        buf_add_char(&out, ' ');
    }
    CHECK_STR(buf_slice(&out), "0 3 -2 0.1 1e+18 +Inf -Inf NaN ");
    buf_release(&out);
}

TEST_MAIN(RUN(counts_stand_by_method_and_name); RUN(the_total_is_no_series_of_counts);
          RUN(percentiles_are_those_of_the_tables_in_seconds);
          RUN(buckets_hold_what_was_not_slower); RUN(what_is_over_has_rates_and_no_buckets);
          RUN(a_run_without_requests_has_families_all_the_same);
          RUN(what_scripts_count_stands_by_kind_and_name); RUN(foreign_text_stays_within_its_label);
          RUN(numbers_are_written_as_the_format_asks);)
