/* console_metrics -- the tables of checks and of metrics on standard output. */
// SPDX-License-Identifier: MIT
#include "report/console_metrics.h"

#include "report/table.h"
#include "report/view.h"

#include <inttypes.h>
#include <stdlib.h>

#define NAME_KEEP 24 /* columns of a name, before other columns are left out */

static void end_line(struct buf *out)
{
    buf_add_char(out, '\n');
}

/* --- checks -------------------------------------------------------------------------------- */

enum { CHECK_NAME, CHECKED, PASSED, FAILED, RATIO, CHECK_COLUMNS };

static const struct table_column check_columns[CHECK_COLUMNS] = {
    [CHECK_NAME] = {"Name", "", 85, .keep = NAME_KEEP, .is_left = true},
    [CHECKED] = {"# checks", " ", 10, .rank = 1},
    [PASSED] = {"# passed", " ", 10, .rank = 2},
    [FAILED] = {"# failed", " ", 10},
    [RATIO] = {"passed", " | ", 7},
};

static void add_check_row(struct table *t, enum style_ink ink, const char *name, uint64_t count,
                          uint64_t passes)
{
    struct metric sum = {.kind = METRIC_CHECK, .count = count, .passes = passes};
    uint64_t fails = metric_fails(&sum);
    table_add(t, ink, str_of(name));
    table_addf(t, STYLE_NONE, "%" PRIu64, count);
    table_addf(t, STYLE_NONE, "%" PRIu64, passes);
    table_addf(t, fails > 0 ? STYLE_BAD : STYLE_NONE, "%" PRIu64, fails);
    struct buf ratio = BUF_INIT;
    view_add_ratio(&ratio, metric_ratio(&sum));
    table_add(t, STYLE_NONE, buf_slice(&ratio));
    buf_release(&ratio);
}

void console_add_checks(struct buf *out, const struct stats *s, const struct style *style)
{
    uint64_t count, passes;
    metrics_checks(&s->metrics, &count, &passes);
    if (count == 0)
        return;
    struct table *t = table_new(check_columns, CHECK_COLUMNS);
    size_t n;
    struct metric **sorted = metrics_sorted(&s->metrics, &n);
    for (size_t i = 0; i < n; i++) {
        const struct metric *m = sorted[i];
        if (m->kind == METRIC_CHECK)
            add_check_row(t, STYLE_NONE, m->name, m->count, m->passes);
    }
    table_rule(t);
    add_check_row(t, STYLE_STRONG, VIEW_TOTAL_NAME, count, passes);
    buf_add_cstr(out, "Checks\n");
    table_print(out, t, style);
    end_line(out);
    table_free(t);
    free(sorted);
}

/* --- metrics ------------------------------------------------------------------------------- */

enum { KIND, NAME, COUNT, VALUE, PER_SECOND, AVERAGE, MIN, MAX, MEDIAN, P95, P99, METRIC_COLUMNS };

static const struct table_column metric_columns[METRIC_COLUMNS] = {
    [KIND] = {"Type", "", 8, .is_left = true},
    [NAME] = {"Name", " ", 50, .keep = NAME_KEEP, .is_left = true},
    [COUNT] = {"# values", " ", 10, .rank = 4},
    [VALUE] = {"Value", " ", 12},
    [PER_SECOND] = {"Value/s", " ", 10, .rank = 5},
    [AVERAGE] = {"Avg", " |", 9, .rank = 2},
    [MIN] = {"Min", " ", 9, .rank = 7},
    [MAX] = {"Max", " ", 9, .rank = 6},
    [MEDIAN] = {"Med", " ", 9, .rank = 1},
    [P95] = {"95%", " ", 9},
    [P99] = {"99%", " ", 9, .rank = 3},
};

/* The next cell: empty where the kind has no such value. */
static void add_value(struct table *t, bool is_there, double value)
{
    struct buf text = BUF_INIT;
    if (is_there)
        view_add_value(&text, value);
    table_add(t, STYLE_NONE, buf_slice(&text));
    buf_release(&text);
}

/* What a metric is known by: a counter's sum, a gauge's last value, a rate's share. */
static void add_main_value(struct table *t, const struct metric *m)
{
    struct buf text = BUF_INIT;
    if (m->kind == METRIC_RATE)
        view_add_ratio(&text, metric_ratio(m));
    else if (m->kind != METRIC_TREND)
        view_add_value(&text, m->kind == METRIC_COUNTER ? m->sum : m->last);
    table_add(t, STYLE_NONE, buf_slice(&text));
    buf_release(&text);
}

static void add_metric_row(struct table *t, const struct stats *s, const struct metric *m)
{
    bool is_trend = m->kind == METRIC_TREND, has_extremes = is_trend || m->kind == METRIC_GAUGE;
    table_add(t, STYLE_NONE, str_of(metric_kind_name(m->kind)));
    table_add(t, STYLE_NONE, str_of(m->name));
    table_addf(t, STYLE_NONE, "%" PRIu64, m->count);
    add_main_value(t, m);
    add_value(t, m->kind == METRIC_COUNTER, metric_per_second(m, stats_seconds(s)));
    add_value(t, is_trend, metric_average(m));
    add_value(t, has_extremes, m->min);
    add_value(t, has_extremes, m->max);
    add_value(t, is_trend, metric_percentile(m, 0.50));
    add_value(t, is_trend, metric_percentile(m, 0.95));
    add_value(t, is_trend, metric_percentile(m, 0.99));
}

void console_add_metrics(struct buf *out, const struct stats *s, const struct style *style)
{
    struct table *t = table_new(metric_columns, METRIC_COLUMNS);
    size_t n, rows = 0;
    struct metric **sorted = metrics_sorted(&s->metrics, &n);
    for (size_t i = 0; i < n; i++) {
        if (sorted[i]->kind == METRIC_CHECK)
            continue;
        add_metric_row(t, s, sorted[i]);
        rows++;
    }
    if (rows > 0) {
        buf_add_cstr(out, "Metrics\n");
        table_print(out, t, style);
        end_line(out);
    }
    table_free(t);
    free(sorted);
}
