/* test_load_performance -- the shape of k6's summary export. */
// SPDX-License-Identifier: MIT
#include "report/load_performance.h"

#include "ended.h"

static json_t *made(const struct result *r)
{
    struct buf out = BUF_INIT;
    load_performance_add(&out, r);
    json_t *all = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
    buf_release(&out);
    return all;
}

static double number(json_t *all, const char *metric, const char *field)
{
    json_t *m = json_object_get(json_object_get(all, "metrics"), metric);
    return json_number_value(json_object_get(m, field));
}

TEST(gitlab_finds_what_it_reads)
{
    struct result *r = ended_result();
    for (int i = 1; i <= 100; i++)
        log_one(r->stats, "GET", "/", i * 1.23456, i > 75 ? "no" : "", ENDED_START_S + i / 10.0);
    json_t *all = made(r);
    CHECK_DOUBLE(number(all, "http_reqs", "count"), 100, 0);
    CHECK_DOUBLE(number(all, "http_reqs", "rate"), 10, 1e-6);
    CHECK_DOUBLE(number(all, "http_req_waiting", "p(90)"), 111, 0);
    CHECK_DOUBLE(number(all, "http_req_waiting", "p(95)"), 117, 0);
    CHECK_DOUBLE(number(all, "http_req_duration", "max"), 123.456, 1e-9);
    CHECK_DOUBLE(number(all, "http_req_failed", "value"), 0.25, 0);
    CHECK_DOUBLE(number(all, "checks", "passes"), 75, 0);
    CHECK_DOUBLE(number(all, "checks", "fails"), 25, 0);
    json_decref(all);
    result_free(r);
}

TEST(checks_of_the_script_win_over_requests)
{
    struct result *r = ended_result();
    log_one(r->stats, "GET", "/", 1, "no", ENDED_START_S);
    struct metric *m = metrics_get(&r->stats->metrics, METRIC_CHECK, STR(HOSTILE));
    for (int i = 0; i < 4; i++)
        metric_add_bool(&r->stats->metrics, m, i > 0, ENDED_START_S);
    json_t *all = made(r);
    CHECK_DOUBLE(number(all, "checks", "passes"), 3, 0);
    CHECK_DOUBLE(number(all, "checks", "value"), 0.75, 0);
    json_t *named = json_object_get(json_object_get(all, "root_group"), "checks");
    CHECK_INT(json_object_size(named), 1);
    json_decref(all);
    result_free(r);
}

TEST(own_metrics_stand_beside_k6s)
{
    struct result *r = ended_result();
    struct metrics *all = &r->stats->metrics;
    metric_add(all, metrics_get(all, METRIC_COUNTER, STR("orders")), 3, ENDED_START_S + 1);
    metric_add(all, metrics_get(all, METRIC_COUNTER, STR("http_reqs")), 7, ENDED_START_S + 1);
    metric_add(all, metrics_get(all, METRIC_GAUGE, STR("depth")), 5, ENDED_START_S + 1);
    metric_add(all, metrics_get(all, METRIC_TREND, STR("size")), 12, ENDED_START_S + 1);
    metric_add_bool(all, metrics_get(all, METRIC_RATE, STR("hits")), true, ENDED_START_S + 1);
    metrics_get(all, METRIC_GAUGE, STR("unused"));
    json_t *made_of = made(r);
    CHECK_DOUBLE(number(made_of, "orders", "count"), 3, 0);
    CHECK_DOUBLE(number(made_of, "http_reqs", "count"), 0, 0);
    CHECK_DOUBLE(number(made_of, "depth", "value"), 5, 0);
    CHECK_DOUBLE(number(made_of, "size", "max"), 12, 0);
    CHECK_DOUBLE(number(made_of, "hits", "value"), 1, 0);
    CHECK(json_object_get(json_object_get(made_of, "metrics"), "unused") == NULL);
    json_decref(made_of);
    result_free(r);
}

TEST(a_run_without_requests_is_whole)
{
    struct result *r = ended_result();
    r->ended_s = r->started_s;
    json_t *all = made(r);
    CHECK_DOUBLE(number(all, "http_reqs", "count"), 0, 0);
    CHECK_DOUBLE(number(all, "checks", "value"), 0, 0);
    CHECK(json_object_get(json_object_get(all, "metrics"), "http_req_waiting") != NULL);
    json_decref(all);
    result_free(r);
}

TEST_MAIN(RUN(gitlab_finds_what_it_reads); RUN(checks_of_the_script_win_over_requests);
          RUN(own_metrics_stand_beside_k6s); RUN(a_run_without_requests_is_whole);)
