/* test_threshold -- thresholds held against figures: what passes, what is crossed, what isn't judged. */
// SPDX-License-Identifier: MIT
#include "run/threshold.h"

#include "../check.h"

#include "base/buf.h"

static struct stats *stats;
static struct threshold_doubts doubts;

static void log_requests(const char *method, const char *name, int n, double ms, int failures)
{
    for (int i = 0; i < n; i++)
        stats_log(stats, stats_entry(stats, str_of(method), str_of(name), 100), true, ms, 10,
                  i < failures ? STR("broken") : STR_EMPTY, 110);
}

static void begin(void)
{
    stats = stats_new(100, false);
    doubts = (struct threshold_doubts){.lag_ms = 0};
}

/* "passed 312 ms", "not judged -: why". */
static const char *judged(const char *text)
{
    static char shown[4096];
    struct threshold t;
    struct err err = ERR_INIT;

    if (threshold_parse(&t, str_of(text), &err) < 0)
        return snprintf(shown, sizeof shown, "%s", err.text), shown;
    struct threshold_row *row = malloc(sizeof *row);
    *row = threshold_row_judge(&t, stats, &doubts);
    snprintf(shown, sizeof shown, "%s %s%s%s", threshold_verdict_name(row->verdict), row->shown,
             row->reason[0] != '\0' ? ": " : "", row->reason);
    threshold_rows_free(row, 1);
    threshold_release(&t);
    return shown;
}

TEST(times)
{
    begin();
    log_requests("GET", "/a", 90, 100, 0);
    log_requests("GET", "/a", 10, 500, 0);
    CHECK_TEXT(judged("p50 < 200ms"), "passed 100 ms");
    CHECK_TEXT(judged("median < 100ms"), "crossed 100 ms");
    CHECK_TEXT(judged("p90 <= 100"), "passed 100 ms");
    CHECK_TEXT(judged("p95 < 300ms"), "crossed 500 ms");
    CHECK_TEXT(judged("p95 of GET /a >= 0.5s"), "passed 500 ms");
    CHECK_TEXT(judged("avg == 140"), "passed 140 ms");
    CHECK_TEXT(judged("min != 100"), "crossed 100 ms");
    CHECK_TEXT(judged("max > 500"), "crossed 500 ms");
    stats_free(stats);
}

TEST(counts_and_ratios)
{
    begin();
    log_requests("GET", "/a", 90, 100, 3);
    log_requests("POST", "/b", 10, 500, 1);
    CHECK_TEXT(judged("requests == 100"), "passed 100");
    CHECK_TEXT(judged("requests of /b > 10"), "crossed 10");
    CHECK_TEXT(judged("failures < 4"), "crossed 4");
    CHECK_TEXT(judged("fail_ratio < 5%"), "passed 4%");
    CHECK_TEXT(judged("fail_ratio of POST /b < 0.05"), "crossed 10%");
    CHECK_TEXT(judged("fail_ratio of GET /a < 3.333%"), "crossed 3.3333%");
    CHECK_TEXT(judged("rps >= 10/s"), "passed 10/s");
    CHECK_TEXT(judged("rps of /b > 1"), "crossed 1/s");
    exceptions_add(&stats->exceptions, STR("oh"), STR("here"), STR("local"));
    exceptions_add(&stats->exceptions, STR("oh"), STR("here"), STR("local"));
    CHECK_TEXT(judged("exceptions < 2"), "crossed 2");
    stats_free(stats);
}

TEST(several_entries_are_one)
{
    begin();
    log_requests("GET", "/items/[id]", 20, 100, 0);
    log_requests("GET", "/items/new", 20, 300, 2);
    log_requests("POST", "/orders", 20, 900, 0);
    log_requests("TRANSACTION", "/items and more", 20, 5000, 0);
    CHECK_TEXT(judged("max of GET /items/* < 1s"), "passed 300 ms");
    CHECK_TEXT(judged("p50 of /items/* <= 100"), "passed 100 ms");
    CHECK_TEXT(judged("avg of GET * < 1s"), "passed 200 ms");
    CHECK_TEXT(judged("requests of /items* > 1"), "passed 40");
    CHECK_TEXT(judged("fail_ratio of /items* < 0.01"), "crossed 5%");
    CHECK_TEXT(judged("requests of * > 1"), "passed 60");
    CHECK_TEXT(judged("max of TRANSACTION * < 1s"), "crossed 5000 ms");
    CHECK_TEXT(judged("max of */* and* < 1s"), "crossed 5000 ms");
    stats_free(stats);
}

TEST(names_that_match_nothing)
{
    begin();
    CHECK_TEXT(judged("p95 < 3"), "not judged -: no request was counted");
    CHECK_TEXT(judged("requests < 3"), "not judged -: no request was counted");
    CHECK_TEXT(judged("exceptions < 1"), "passed 0");
    log_requests("GET", "/items/[id]", 20, 100, 0);
    CHECK_TEXT(judged("fail_ratio of /orders/9 < 3%"),
               "not judged -: no request has a name that it is of");
    CHECK_TEXT(
        judged("p95 of GET /itmes/[id] < 3"),
        "not judged -: no request has a name that it is of (did you mean 'GET /items/[id]'?)");
    CHECK_TEXT(
        judged("p95 of get /items/[id] < 3"),
        "not judged -: no request has a name that it is of (did you mean 'GET /items/[id]'?)");
    stats_free(stats);
}

TEST(names_that_there_was_no_room_for)
{
    begin();
    stats_limit_names(stats, 2);
    log_requests("GET", "/items/1", 20, 100, 0);
    log_requests("GET", "/items/2", 20, 100, 0);
    log_requests("GET", "/items/3", 20, 100, 0);
    CHECK_TEXT(judged("requests of /items/* > 1"),
               "not judged 40: 20 requests are counted under \"(other)\", and may be of it "
               "(--max-names)");
    CHECK_TEXT(judged("requests of GET /items/2 > 1"), "passed 20");
    CHECK_TEXT(judged("requests of * > 1"), "passed 60");
    CHECK_TEXT(judged("requests > 1"), "passed 60");
    stats_free(stats);
}

TEST(too_few_samples)
{
    begin();
    log_requests("GET", "/a", 1, 100, 0);
    CHECK_TEXT(judged("median < 300"), "not judged 100 ms: 1 response time: median needs 2");
    CHECK_TEXT(judged("max < 300"), "passed 100 ms");
    CHECK_TEXT(judged("avg < 300"), "passed 100 ms");
    log_requests("GET", "/a", 18, 100, 0);
    CHECK_TEXT(judged("p95 < 300"), "not judged 100 ms: 19 response times: p95 needs 20");
    CHECK_TEXT(judged("p90 < 300"), "passed 100 ms");
    log_requests("GET", "/a", 1, 100, 0);
    CHECK_TEXT(judged("p95 < 300"), "passed 100 ms");
    log_requests("GET", "/b", 79, 100, 0);
    CHECK_TEXT(judged("p99 < 300"), "not judged 100 ms: 99 response times: p99 needs 100");
    log_requests("GET", "/b", 1, 100, 0);
    CHECK_TEXT(judged("p99 < 300"), "passed 100 ms");
    CHECK_TEXT(judged("p99.9 < 300"), "not judged 100 ms: 100 response times: p99.9 needs 1000");
    CHECK_TEXT(judged("p99.99 < 300"), "not judged 100 ms: 100 response times: p99.99 needs 10000");
    stats_log(stats, stats_entry(stats, STR("X"), STR("untimed"), 100), false, 0, 0, STR_EMPTY,
              101);
    CHECK_TEXT(judged("max of untimed < 300"), "not judged -: no response time was measured");
    CHECK_TEXT(judged("requests of untimed < 300"), "passed 1");
    stats_free(stats);
}

static void add_metric(enum metric_kind kind, const char *name, int n, double value)
{
    struct metric *of = metrics_get(&stats->metrics, kind, str_of(name));

    for (int i = 0; i < n; i++) {
        if (kind == METRIC_CHECK || kind == METRIC_RATE)
            metric_add_bool(&stats->metrics, of, value != 0, 110);
        else
            metric_add(&stats->metrics, of, value, 110);
    }
}

static const char *why_refused(const char *text)
{
    static struct err err;
    struct threshold t;

    err_clear(&err);
    if (threshold_parse(&t, str_of(text), &err) < 0)
        return "not parsed";
    int rc = threshold_check_metric(&t, &stats->metrics, &err);
    threshold_release(&t);
    return rc < 0 ? err.text : "fine";
}

TEST(metrics_of_the_script)
{
    begin();
    log_requests("GET", "/a", 10, 30, 0);
    CHECK_TEXT(judged("check_ratio > 50%"), "not judged -: nothing was checked");
    add_metric(METRIC_CHECK, "status is 200", 3, 1);
    add_metric(METRIC_CHECK, "status is fine", 1, 0);
    CHECK_TEXT(judged("check_ratio > 80%"), "crossed 75%");
    CHECK_TEXT(judged("check_ratio of status is 200 > 99%"), "passed 100%");
    CHECK_TEXT(judged("check_ratio of status is * > 99%"), "crossed 75%");
    CHECK_TEXT(judged("check_ratio of status > 99%"),
               "not judged -: no check has a name that it is of");
    add_metric(METRIC_COUNTER, "orders", 5, 2);
    add_metric(METRIC_GAUGE, "stock", 2, -1.5);
    add_metric(METRIC_RATE, "hits", 3, 1);
    add_metric(METRIC_RATE, "hits", 1, 0);
    add_metric(METRIC_TREND, "queue", 19, 40);
    add_metric(METRIC_TREND, "none", 0, 0);
    doubts.lag_ms = 1000; // katydid's own lag isn't in these
    CHECK_TEXT(judged("orders > 9"), "passed 10");
    CHECK_TEXT(judged("orders: count>10"), "crossed 10");
    CHECK_TEXT(judged("orders: rate>1"), "crossed 1");
    CHECK_TEXT(judged("stock >= -1"), "crossed -1.5");
    CHECK_TEXT(judged("hits > 0.7"), "passed 0.75");
    CHECK_TEXT(judged("hits < 70%"), "crossed 75%");
    CHECK_TEXT(judged("hits: count == 4"), "passed 4");
    CHECK_TEXT(judged("avg of queue < 50"), "passed 40 ms");
    CHECK_TEXT(judged("max of queue < 30"), "crossed 40 ms");
    CHECK_TEXT(judged("p95 of queue < 30"), "not judged 40 ms: 19 values: p95 needs 20");
    CHECK_TEXT(judged("max of none < 30"), "not judged -: the script added no value to it");
    CHECK_TEXT(why_refused("orders > 3"), "fine");
    CHECK_TEXT(why_refused("p95 of whatever > 3"), "fine");
    CHECK_TEXT(why_refused("ordres > 3"),
               "'ordres > 3': unknown metric 'ordres' (did you mean 'orders'?)");
    CHECK_TEXT(why_refused("P95 > 3"), "'P95 > 3': unknown metric 'P95' (did you mean 'p95'?)");
    CHECK_TEXT(why_refused("GET /a: rate > 3"),
               "'GET /a: rate > 3': unknown metric 'GET /a'; of requests there are fail_ratio, "
               "failures, rps and requests");
    CHECK_TEXT(why_refused("queue > 3"), "'queue > 3': a trend is judged by its percentiles, avg, "
                                         "min or max, as in 'p95 of NAME < 3'");
    CHECK_TEXT(why_refused("stock: rate > 3"),
               "'stock: rate > 3': a gauge has a value, no rate and no count");
    CHECK_TEXT(why_refused("hits: value > 3"),
               "'hits: value > 3': a rate has rate and count, no value");
    stats_free(stats);
}

TEST(lag)
{
    begin();
    log_requests("GET", "/a", 100, 30, 0);
    doubts.lag_ms = 1;
    CHECK_TEXT(judged("p95 < 10ms"), "crossed 30 ms");
    doubts.lag_ms = 1.01;
    CHECK_TEXT(judged("p95 < 20ms"),
               "not judged 30 ms: katydid's own lag was too high: p99 1.01 ms, over 1 ms and 5% of "
               "the limit (--allow-saturated judges all the same)");
    CHECK_TEXT(judged("p95 < 21ms"), "crossed 30 ms");
    doubts.lag_ms = 20;
    CHECK_TEXT(judged("max < 400ms"), "passed 30 ms");
    CHECK(strstr(judged("avg < 399ms"), "not judged") != NULL);
    CHECK_TEXT(judged("fail_ratio < 1%"), "passed 0%");
    CHECK_TEXT(judged("rps > 1"), "passed 10/s");
    doubts.allow_saturated = true;
    CHECK_TEXT(judged("avg < 399ms"), "passed 30 ms");
    stats_free(stats);
}

TEST(what_keeps_all_from_being_judged)
{
    begin();
    log_requests("GET", "/a", 100, 30, 0);
    doubts.allow_saturated = true;
    doubts.no_descriptors = 1;
    CHECK_TEXT(judged("fail_ratio < 1%"),
               "not judged 0%: this process's file descriptors ran out: 1 request failed for that");
    doubts.no_descriptors = 0;
    doubts.no_ports = 12;
    CHECK_TEXT(judged("p95 < 1"),
               "not judged 30 ms: this machine's ports ran out: 12 requests failed for that");
    doubts.is_cut_short = true;
    CHECK_TEXT(judged("exceptions < 1"), "not judged 0: a signal ended the run before its time");
    stats_free(stats);
}

TEST(values_are_shown_as_they_were_judged)
{
    begin();
    log_requests("GET", "/a", 1, 299.96, 0);
    CHECK_TEXT(judged("avg < 300"), "passed 299.96 ms");
    CHECK_TEXT(judged("avg < 301"), "passed 300 ms");
    CHECK_TEXT(judged("avg < 299.961"), "passed 299.96 ms");
    log_requests("GET", "/b", 1, 12345.678, 0);
    CHECK_TEXT(judged("max of /b < 1m"), "passed 12346 ms");
    log_requests("GET", "/c", 1, 0.04213, 0);
    CHECK_TEXT(judged("max of /c < 1m"), "passed 0.042 ms");
    stats_free(stats);
}

TEST_MAIN(RUN(times); RUN(counts_and_ratios); RUN(several_entries_are_one);
          RUN(names_that_match_nothing); RUN(names_that_there_was_no_room_for);
          RUN(too_few_samples); RUN(metrics_of_the_script); RUN(lag);
          RUN(what_keeps_all_from_being_judged); RUN(values_are_shown_as_they_were_judged);)
