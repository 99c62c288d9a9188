/* csv_rows -- what stands in Locust's CSV files. */
// SPDX-License-Identifier: MIT
#include "report/csv_rows.h"

#include "base/text.h"
#include "report/view.h"

#include <inttypes.h>
#include <stdlib.h>

static void add_field(struct buf *out, const char *foreign)
{
    struct buf text = BUF_INIT;
    view_add_text(&text, str_of(foreign));
    text_add_csv(out, buf_slice(&text));
    buf_release(&text);
}

static void add_comma(struct buf *out)
{
    buf_add_char(out, ',');
}

static void end_row(struct buf *out)
{
    buf_add_cstr(out, "\r\n");
}

static void add_percentile_labels(struct buf *out)
{
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        buf_addf(out, ",%s", view_percentile_labels[i]);
}

static void add_percentiles(struct buf *out, const struct histogram *times,
                            const double values[VIEW_PERCENTILES])
{
    for (size_t i = 0; i < VIEW_PERCENTILES; i++) {
        add_comma(out);
        if (times->count > 0)
            view_add_rounded(out, values[i]);
        else
            buf_add_cstr(out, "N/A");
    }
}

/* A float as Python writes it, or 0 where there is none. */
static void add_float(struct buf *out, bool is_there, double value)
{
    if (is_there)
        text_add_double(out, value);
    else
        buf_add_char(out, '0');
}

/* Seven fields: counts, median, average, extremes, average length. */
static void add_totals(struct buf *out, const struct entry *e, double median_ms)
{
    bool has_times = e->times.count > 0;
    buf_addf(out, "%" PRIu64 ",%" PRIu64 ",", e->requests, e->failures);
    view_add_rounded(out, median_ms);
    add_comma(out);
    text_add_double(out, entry_average(e));
    add_comma(out);
    add_float(out, has_times, e->times.min_ms);
    add_comma(out);
    add_float(out, has_times, e->times.max_ms);
    add_comma(out);
    add_float(out, e->requests > 0, entry_average_length(e));
}

static void add_names(struct buf *out, const struct entry *e)
{
    add_field(out, e->method);
    add_comma(out);
    add_field(out, view_name(e));
    add_comma(out);
}

static void add_stats_row(struct buf *out, const struct stats *s, const struct entry *e)
{
    double values[VIEW_PERCENTILES];
    view_percentile_values(&e->times, values);
    add_names(out, e);
    add_totals(out, e, values[0]);
    add_comma(out);
    text_add_double(out, stats_total_rate(s, e));
    add_comma(out);
    text_add_double(out, stats_total_failure_rate(s, e));
    add_percentiles(out, &e->times, values);
    end_row(out);
}

void csv_add_stats(struct buf *out, const struct stats *s)
{
    buf_add_cstr(out, "Type,Name,Request Count,Failure Count,Median Response Time,"
                      "Average Response Time,Min Response Time,Max Response Time,"
                      "Average Content Size,Requests/s,Failures/s");
    add_percentile_labels(out);
    end_row(out);
    size_t n;
    struct entry **rows = stats_sorted(s, &n);
    for (size_t i = 0; i < n; i++)
        add_stats_row(out, s, rows[i]);
    add_stats_row(out, s, s->total);
    free(rows);
}

void csv_add_history_header(struct buf *out)
{
    buf_add_cstr(out, "Timestamp,User Count,Type,Name,Requests/s,Failures/s");
    add_percentile_labels(out);
    buf_add_cstr(out, ",Total Request Count,Total Failure Count,Total Median Response Time,"
                      "Total Average Response Time,Total Min Response Time,"
                      "Total Max Response Time,Total Average Content Size");
    end_row(out);
}

static void add_history_row(struct buf *out, const struct entry *e, size_t users, double now_s)
{
    struct histogram current = {0};
    double values[VIEW_PERCENTILES];
    entry_current_times(e, &current);
    view_percentile_values(&current, values);
    buf_addf(out, "%" PRId64 ",%zu,", (int64_t)now_s, users);
    add_names(out, e);
    buf_addf(out, "%.6f,%.6f", entry_current_rate(e, now_s), entry_current_failure_rate(e, now_s));
    add_percentiles(out, &current, values);
    add_comma(out);
    add_totals(out, e, view_median(e));
    end_row(out);
    histogram_release(&current);
}

void csv_add_history(struct buf *out, const struct stats *s, size_t users, bool full, double now_s)
{
    if (full) {
        size_t n;
        struct entry **rows = stats_sorted(s, &n);
        for (size_t i = 0; i < n; i++)
            add_history_row(out, rows[i], users, now_s);
        free(rows);
    }
    add_history_row(out, s->total, users, now_s);
}

void csv_add_history_sample(struct buf *out, const struct history_sample *sample)
{
    buf_addf(out, "%" PRId64 ",%" PRIu64 ",," VIEW_TOTAL_NAME ",%.6f,%.6f", (int64_t)sample->at_s,
             sample->users, sample->rate, sample->failure_rate);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++) {
        double share = view_percentiles[i];
        double ms = share == 0.50 ? sample->p50_ms : share == 0.95 ? sample->p95_ms : 0;
        add_comma(out);
        if (ms > 0)
            view_add_rounded(out, view_rounded(ms));
        else
            buf_add_cstr(out, "N/A");
    }
    buf_addf(out, ",%" PRIu64 ",%" PRIu64 ",N/A,", sample->requests, sample->failures);
    text_add_double(out, sample->average_ms);
    buf_add_cstr(out, ",N/A,N/A,N/A");
    end_row(out);
}

static void add_time(struct buf *out, double wall_s)
{
    add_comma(out);
    if (wall_s > 0)
        text_add_utc(out, wall_s);
}

void csv_add_failures(struct buf *out, const struct stats *s)
{
    buf_add_cstr(out, "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n");
    struct failure *f, *next;
    HASH_ITER (hh, s->failures.all, f, next) {
        add_field(out, f->method);
        add_comma(out);
        add_field(out, f->name);
        add_comma(out);
        add_field(out, f->text);
        buf_addf(out, ",%" PRIu64, f->count);
        add_time(out, f->first_s);
        add_time(out, f->last_s);
        end_row(out);
    }
}

void csv_add_exceptions(struct buf *out, const struct stats *s)
{
    buf_add_cstr(out, "Count,Message,Traceback,Nodes\r\n");
    struct exception *x, *next;
    HASH_ITER (hh, s->exceptions.all, x, next) {
        buf_addf(out, "%" PRIu64 ",", x->count);
        add_field(out, x->message);
        add_comma(out);
        add_field(out, x->traceback);
        add_comma(out);
        add_field(out, x->nodes);
        end_row(out);
    }
}

/* A field, empty where the kind has no such value. */
static void add_value(struct buf *out, bool is_there, double value)
{
    add_comma(out);
    if (is_there)
        view_add_rounded(out, value);
}

static void add_metric_row(struct buf *out, const struct stats *s, const struct metric *m)
{
    bool is_share = m->kind == METRIC_CHECK || m->kind == METRIC_RATE;
    bool is_counter = m->kind == METRIC_COUNTER, is_gauge = m->kind == METRIC_GAUGE;
    bool is_trend = m->kind == METRIC_TREND;
    add_field(out, metric_kind_name(m->kind));
    add_comma(out);
    add_field(out, m->name);
    buf_addf(out, ",%" PRIu64, m->count);
    add_value(out, is_share, (double)m->passes);
    add_value(out, is_share, (double)metric_fails(m));
    add_value(out, is_share, metric_ratio(m));
    add_value(out, is_counter || is_trend, m->sum);
    add_value(out, is_counter, metric_per_second(m, stats_seconds(s)));
    add_value(out, is_gauge, m->last);
    add_value(out, is_trend, metric_average(m));
    add_value(out, is_gauge || is_trend, m->min);
    add_value(out, is_gauge || is_trend, m->max);
    double percentiles[VIEW_PERCENTILES];
    metric_percentiles(m, view_percentiles, VIEW_PERCENTILES, percentiles);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++) {
        add_comma(out);
        if (is_trend)
            view_add_value(out, percentiles[i]);
    }
    end_row(out);
}

void csv_add_metrics(struct buf *out, const struct stats *s)
{
    buf_add_cstr(out, "Type,Name,Count,Passed,Failed,Ratio,Sum,Sum/s,Last,Average,Min,Max");
    add_percentile_labels(out);
    end_row(out);
    size_t n;
    struct metric **rows = metrics_sorted(&s->metrics, &n);
    for (size_t i = 0; i < n; i++)
        add_metric_row(out, s, rows[i]);
    free(rows);
}
