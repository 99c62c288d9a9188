/* page_metrics -- see page_metrics.h. */
// SPDX-License-Identifier: MIT
#include "report/page_metrics.h"

#include <stdlib.h>

#include "report/page_json.h"
#include "report/view.h"

static json_t *ratio_text(double ratio)
{
    struct buf text = BUF_INIT;

    view_add_ratio(&text, ratio);
    return page_taken(&text);
}

static json_t *check_row(const char *name, uint64_t count, uint64_t passes)
{
    struct metric sum = {.kind = METRIC_CHECK, .count = count, .passes = passes};
    json_t *row = json_object();

    json_object_set_new(row, "name", page_text(name));
    json_object_set_new(row, "count", json_integer((json_int_t)count));
    json_object_set_new(row, "passes", json_integer((json_int_t)passes));
    json_object_set_new(row, "fails", json_integer((json_int_t)metric_fails(&sum)));
    json_object_set_new(row, "ratio", ratio_text(metric_ratio(&sum)));
    return row;
}

/* Empty where the kind has no such value. */
static void set_value(json_t *row, const char *name, bool is_there, double value)
{
    struct buf text = BUF_INIT;

    if (is_there)
        view_add_value(&text, value);
    json_object_set_new(row, name, page_taken(&text));
}

static json_t *metric_row(const struct stats *s, const struct metric *m)
{
    bool is_trend = m->kind == METRIC_TREND, has_extremes = is_trend || m->kind == METRIC_GAUGE;
    bool is_counter = m->kind == METRIC_COUNTER;
    json_t *row = json_object();

    json_object_set_new(row, "kind", json_string(metric_kind_name(m->kind)));
    json_object_set_new(row, "name", page_text(m->name));
    json_object_set_new(row, "count", json_integer((json_int_t)m->count));
    if (m->kind == METRIC_RATE)
        json_object_set_new(row, "value", ratio_text(metric_ratio(m)));
    else
        set_value(row, "value", !is_trend, is_counter ? m->sum : m->last);
    set_value(row, "per_second", is_counter, metric_per_second(m, stats_seconds(s)));
    set_value(row, "average", is_trend, metric_average(m));
    set_value(row, "min", has_extremes, m->min);
    set_value(row, "p50", is_trend, metric_percentile(m, 0.50));
    set_value(row, "p95", is_trend, metric_percentile(m, 0.95));
    set_value(row, "p99", is_trend, metric_percentile(m, 0.99));
    set_value(row, "max", has_extremes, m->max);
    return row;
}

void page_metrics_add(json_t *data, const struct stats *s)
{
    json_t *checks = json_array(), *metrics = json_array();
    uint64_t count, passes;
    size_t n;
    struct metric **sorted = metrics_sorted(&s->metrics, &n);

    for (size_t i = 0; i < n; i++) {
        const struct metric *m = sorted[i];
        if (m->kind == METRIC_CHECK)
            json_array_append_new(checks, check_row(m->name, m->count, m->passes));
        else
            json_array_append_new(metrics, metric_row(s, m));
    }
    free(sorted);
    metrics_checks(&s->metrics, &count, &passes);
    if (count > 0)
        json_array_append_new(checks, check_row(VIEW_TOTAL_NAME, count, passes));
    json_object_set_new(data, "checks", checks);
    json_object_set_new(data, "metrics", metrics);
}
