/* test_otlp_json -- the body of an export, read back. */
// SPDX-License-Identifier: MIT
#include "export/otlp_json.h"

#include <jansson.h>

#include "../report/report.h"

#define START_S 1000

static struct otlp_attribute service = {(char *)"service.name", (char *)"a \"b\"\n\xff"};

/* The body of these statistics, which are freed; the caller owns it. */
static json_t *body_of(struct stats *s)
{
    struct otlp_settings settings = {.resource = &service, .n_resource = 1};
    struct otlp_writer w = {0};
    struct snapshot *now = snapshot_take(s, START_S + 10.5);
    now->run = (struct snapshot_run){.state = RUN_RUNNING,
                                     .users = 3,
                                     .users_wanted = 5,
                                     .lag_ms = {0.5, 1, 2},
                                     .lag_max_ms = 4,
                                     .cpu_s = 1.5,
                                     .memory_bytes = 4096};
    otlp_begin(&w, now, &settings);
    while (!otlp_step(&w))
        ;
    json_t *body = json_loadb(w.text.p, w.text.n, JSON_REJECT_DUPLICATES, NULL);
    otlp_release(&w);
    snapshot_release(now);
    stats_free(s);
    return body;
}

static json_t *first(const json_t *object, const char *list)
{
    return json_array_get(json_object_get(object, list), 0);
}

/* Borrowed; NULL: there is no metric of this name. */
static json_t *metric_of(const json_t *body, const char *name)
{
    json_t *scope = first(first(body, "resourceMetrics"), "scopeMetrics"), *metric;
    size_t i;
    json_array_foreach (json_object_get(scope, "metrics"), i, metric) {
        if (strcmp(json_string_value(json_object_get(metric, "name")), name) == 0)
            return metric;
    }
    return NULL;
}

static json_t *points_of(const json_t *body, const char *name, const char *shape)
{
    return json_object_get(json_object_get(metric_of(body, name), shape), "dataPoints");
}

static const char *text_of(const json_t *point, const char *field)
{
    const char *text = json_string_value(json_object_get(point, field));
    return text != NULL ? text : "(no text)";
}

/* A string attribute of a point. */
static const char *attribute_of(const json_t *point, const char *key)
{
    json_t *attribute;
    size_t i;
    json_array_foreach (json_object_get(point, "attributes"), i, attribute) {
        if (strcmp(text_of(attribute, "key"), key) == 0)
            return text_of(json_object_get(attribute, "value"), "stringValue");
    }
    return "(none)";
}

static struct stats *small(void)
{
    struct stats *s = stats_new(START_S, false);
    log_one(s, "GET", "/b", 1.25, "", START_S + 1);
    log_one(s, "GET", "/b", 90000, "HTTPError('503 Server Error: no')", START_S + 2);
    log_one(s, "POST", "/a", 0.5, "ConnectTimeout('slow')", START_S + 4);
    log_one(s, "TCP", "ping", 2, "what (a) text", START_S + 4);
    return s;
}

TEST(histograms_have_every_time_in_one_bucket)
{
    json_t *body = body_of(small());
    CHECK(body != NULL);
    json_t *metric = metric_of(body, "http.client.request.duration");
    CHECK_TEXT(text_of(metric, "unit"), "s");
    CHECK_INT(json_integer_value(
                  json_object_get(json_object_get(metric, "histogram"), "aggregationTemporality")),
              2);
    json_t *points = points_of(body, "http.client.request.duration", "histogram");
    CHECK_INT(json_array_size(points), 2);
    json_t *point = json_array_get(points, 0);
    CHECK_TEXT(attribute_of(point, "http.request.method"), "GET");
    CHECK_TEXT(attribute_of(point, "url.template"), "/b");
    CHECK_TEXT(text_of(point, "count"), "2");
    CHECK_TEXT(text_of(point, "startTimeUnixNano"), "1000000000000");
    CHECK_TEXT(text_of(point, "timeUnixNano"), "1010500000000");
    CHECK_DOUBLE(json_number_value(json_object_get(point, "sum")), 90.00125, 1e-9);
    CHECK_DOUBLE(json_number_value(json_object_get(point, "min")), 0.00125, 1e-9);
    CHECK_DOUBLE(json_number_value(json_object_get(point, "max")), 90, 1e-9);
    json_t *counts = json_object_get(point, "bucketCounts");
    json_t *bounds = json_object_get(point, "explicitBounds");
    CHECK_INT(json_array_size(bounds), SNAPSHOT_BOUNDS);
    CHECK_INT(json_array_size(counts), SNAPSHOT_BOUNDS + 1);
    int sum = 0;
    for (size_t i = 0; i <= SNAPSHOT_BOUNDS; i++)
        sum += (int)strtol(json_string_value(json_array_get(counts, i)), NULL, 10);
    CHECK_INT(sum, 2);
    CHECK_TEXT(json_string_value(json_array_get(counts, 3)), "1"); // over 1 ms, up to 2.5
    CHECK_TEXT(json_string_value(json_array_get(counts, SNAPSHOT_BOUNDS)), "1");
    json_decref(body);
}

TEST(what_is_not_http_has_names_of_our_own)
{
    json_t *body = body_of(small());
    json_t *points = points_of(body, "katydid.operation.duration", "histogram");
    CHECK_INT(json_array_size(points), 1);
    CHECK_TEXT(attribute_of(json_array_get(points, 0), "katydid.type"), "TCP");
    CHECK_TEXT(attribute_of(json_array_get(points, 0), "katydid.name"), "ping");
    CHECK_INT(json_array_size(points_of(body, "katydid.requests", "sum")), 3);
    json_decref(body);
}

TEST(failures_have_a_type_of_which_there_are_few)
{
    json_t *body = body_of(small());
    json_t *points = points_of(body, "katydid.failures", "sum");
    CHECK_INT(json_array_size(points), 3);
    CHECK_TEXT(attribute_of(json_array_get(points, 0), "error.type"), "503");
    CHECK_TEXT(attribute_of(json_array_get(points, 0), "error.message"),
               "HTTPError('503 Server Error: no')");
    CHECK_TEXT(attribute_of(json_array_get(points, 1), "error.type"), "ConnectTimeout");
    CHECK_TEXT(attribute_of(json_array_get(points, 2), "error.type"), "_OTHER");
    CHECK_TEXT(text_of(json_array_get(points, 2), "asInt"), "1");
    json_decref(body);
}

TEST(the_run_itself_is_there)
{
    json_t *body = body_of(small());
    json_t *users = json_object_get(metric_of(body, "katydid.users"), "sum");
    CHECK(json_is_false(json_object_get(users, "isMonotonic")));
    CHECK_TEXT(text_of(first(users, "dataPoints"), "asInt"), "3");
    CHECK_INT(json_array_size(points_of(body, "katydid.test.state", "gauge")), 5);
    json_t *lag = points_of(body, "katydid.loop.lag", "gauge");
    CHECK_INT(json_array_size(lag), SNAPSHOT_LAG_SHARES + 1);
    CHECK_DOUBLE(json_number_value(json_object_get(json_array_get(lag, 3), "asDouble")), 0.004,
                 1e-12);
    json_t *cpu = json_array_get(points_of(body, "process.cpu.time", "sum"), 0);
    CHECK_DOUBLE(json_number_value(json_object_get(cpu, "asDouble")), 1.5, 0);
    json_t *resource = json_object_get(first(body, "resourceMetrics"), "resource");
    CHECK_TEXT(attribute_of(resource, "service.name"), "a \"b\"\n\\xff");
    json_decref(body);
}

TEST(what_scripts_count_is_there)
{
    struct stats *s = small();
    struct metrics *m = &s->metrics;
    metric_add_bool(m, metrics_get(m, METRIC_CHECK, STR("ok")), true, START_S);
    metric_add(m, metrics_get(m, METRIC_COUNTER, STR("orders")), 2.5, START_S);
    metric_add(m, metrics_get(m, METRIC_GAUGE, STR("stock")), -3, START_S);
    metric_add(m, metrics_get(m, METRIC_TREND, STR("price")), 10, START_S);
    metric_add(m, metrics_get(m, METRIC_TREND, STR("change")), -1, START_S);
    metric_add_bool(m, metrics_get(m, METRIC_RATE, STR("cached")), false, START_S);
    metrics_get(m, METRIC_GAUGE, STR("unknown"));
    json_t *body = body_of(s);
    json_t *checks = points_of(body, "katydid.checks", "sum");
    CHECK_INT(json_array_size(checks), 2);
    CHECK_TEXT(attribute_of(json_array_get(checks, 0), "katydid.outcome"), "passed");
    CHECK_TEXT(text_of(json_array_get(checks, 0), "asInt"), "1");
    json_t *total = json_array_get(points_of(body, "katydid.custom.total", "sum"), 0);
    CHECK_DOUBLE(json_number_value(json_object_get(total, "asDouble")), 2.5, 0);
    CHECK_INT(json_array_size(points_of(body, "katydid.custom.value", "gauge")), 1);
    json_t *trends = points_of(body, "katydid.custom.trend", "summary");
    CHECK_INT(json_array_size(trends), 2);
    json_t *price = json_array_get(trends, 0);
    CHECK_TEXT(text_of(price, "count"), "1");
    CHECK_DOUBLE(json_number_value(json_object_get(price, "sum")), 10, 0);
    CHECK_INT(json_array_size(json_object_get(price, "quantileValues")), VIEW_PERCENTILES);
    CHECK(json_object_get(json_array_get(trends, 1), "sum") == NULL);
    CHECK_TEXT(text_of(json_array_get(points_of(body, "katydid.custom.rate", "sum"), 1), "asInt"),
               "1");
    json_decref(body);
}

TEST(metrics_without_a_point_are_left_out)
{
    json_t *body = body_of(stats_new(START_S, false));
    CHECK(body != NULL);
    CHECK(metric_of(body, "http.client.request.duration") == NULL);
    CHECK(metric_of(body, "katydid.checks") == NULL);
    CHECK(metric_of(body, "katydid.users") != NULL);
    json_decref(body);
}

TEST_MAIN(RUN(histograms_have_every_time_in_one_bucket); RUN(what_is_not_http_has_names_of_our_own);
          RUN(failures_have_a_type_of_which_there_are_few); RUN(the_run_itself_is_there);
          RUN(what_scripts_count_is_there); RUN(metrics_without_a_point_are_left_out);)
