/* test_page_metrics -- checks and metrics of the page. */
// SPDX-License-Identifier: MIT
#include "report/page_metrics.h"

#include "page.h"

static json_t *data_of(const struct result *r)
{
    json_t *data = json_object();

    page_metrics_add(data, r->stats);
    return data;
}

static struct metric *named(struct result *r, enum metric_kind kind, const char *name)
{
    return metrics_get(&r->stats->metrics, kind, str_of(name));
}

TEST(there_are_none)
{
    struct result *r = page_run();
    json_t *data = data_of(r);

    CHECK_INT(json_array_size(page_at(data, "checks")), 0);
    CHECK_INT(json_array_size(page_at(data, "metrics")), 0);
    json_decref(data);
    result_free(r);
}

TEST(checks_with_their_sum)
{
    struct result *r = page_run();
    struct metrics *m = &r->stats->metrics;

    for (int i = 0; i < 4; i++)
        metric_add_bool(m, named(r, METRIC_CHECK, "ok"), i > 0, STARTED);
    metric_add_bool(m, named(r, METRIC_CHECK, "there"), true, STARTED);
    json_t *data = data_of(r);
    CHECK_INT(json_array_size(page_at(data, "checks")), 3);
    CHECK_TEXT(page_text_at(data, "checks.0.name"), "ok");
    CHECK_DOUBLE(page_number_at(data, "checks.0.passes"), 3, 0);
    CHECK_DOUBLE(page_number_at(data, "checks.0.fails"), 1, 0);
    CHECK_TEXT(page_text_at(data, "checks.0.ratio"), "75.00%");
    CHECK_TEXT(page_text_at(data, "checks.2.name"), "Aggregated");
    CHECK_DOUBLE(page_number_at(data, "checks.2.count"), 5, 0);
    json_decref(data);
    result_free(r);
}

TEST(metrics_have_what_their_kind_has)
{
    struct result *r = page_run();
    struct metrics *m = &r->stats->metrics;

    metric_add(m, named(r, METRIC_COUNTER, "sold"), 6, STARTED + 1);
    metric_add(m, named(r, METRIC_GAUGE, "queue"), 8, STARTED + 1);
    metric_add(m, named(r, METRIC_GAUGE, "queue"), 3, STARTED + 1);
    for (int i = 1; i <= 100; i++)
        metric_add(m, named(r, METRIC_TREND, "size"), i, STARTED + 1);
    metric_add_bool(m, named(r, METRIC_RATE, "hit"), true, STARTED + 1);
    json_t *data = data_of(r);
    CHECK_TEXT(page_text_at(data, "metrics.0.kind"), "counter");
    CHECK_TEXT(page_text_at(data, "metrics.0.value"), "6");
    CHECK_TEXT(page_text_at(data, "metrics.0.per_second"), "6");
    CHECK_TEXT(page_text_at(data, "metrics.0.average"), "");
    CHECK_TEXT(page_text_at(data, "metrics.1.value"), "3");
    CHECK_TEXT(page_text_at(data, "metrics.1.max"), "8");
    CHECK_TEXT(page_text_at(data, "metrics.2.kind"), "trend");
    CHECK_TEXT(page_text_at(data, "metrics.2.value"), "");
    CHECK_TEXT(page_text_at(data, "metrics.2.p95"), "95");
    CHECK_TEXT(page_text_at(data, "metrics.2.average"), "50.5");
    CHECK_TEXT(page_text_at(data, "metrics.3.value"), "100.00%");
    json_decref(data);
    result_free(r);
}

TEST_MAIN(RUN(there_are_none); RUN(checks_with_their_sum); RUN(metrics_have_what_their_kind_has);)
