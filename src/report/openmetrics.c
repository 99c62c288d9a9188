/* openmetrics -- the statistics as OpenMetrics text. */
// SPDX-License-Identifier: MIT
#include "report/openmetrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

#define LARGEST_WHOLE 9007199254740992.0 /* 2^53: beyond it a double has gaps */

/* What is shown of view_percentiles. */
static const struct {
    size_t which;
    const char *quantile;
} quantiles[] = {{0, "0.5"}, {4, "0.9"}, {5, "0.95"}, {7, "0.99"}, {8, "0.999"}, {10, "1.0"}};

void openmetrics_add_family(struct buf *out, const char *name, const char *type, const char *unit,
                            const char *help)
{
    buf_addf(out, "# TYPE %s %s\n", name, type);
    if (unit != NULL)
        buf_addf(out, "# UNIT %s %s\n", name, unit);
    buf_addf(out, "# HELP %s %s\n", name, help);
}

void openmetrics_add_number(struct buf *out, double value)
{
    if (isnan(value))
        buf_add_cstr(out, "NaN");
    else if (isinf(value))
        buf_add_cstr(out, value > 0 ? "+Inf" : "-Inf");
    else if (value == rint(value) && fabs(value) <= LARGEST_WHOLE)
        buf_addf(out, "%.0f", value);
    else
        text_add_double(out, value);
}

void openmetrics_add_sample(struct buf *out, const char *name, double value)
{
    buf_addf(out, "%s ", name);
    openmetrics_add_number(out, value);
    buf_add_char(out, '\n');
}

void openmetrics_add_label(struct buf *out, const char *label, struct str text)
{
    struct buf visible = BUF_INIT;

    view_add_text(&visible, text);
    buf_addf(out, "%s=\"", label);
    for (size_t i = 0; i < visible.n; i++) {
        char c = visible.p[i];
        if (c == '\n')
            buf_add_cstr(out, "\\n");
        else if (c == '\r') // what stands before a line feed; others view_add_text has shown
            continue;
        else if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", c);
        else
            buf_add_char(out, c);
    }
    buf_add_char(out, '"');
    buf_release(&visible);
}

static void end_count(struct buf *out, uint64_t count)
{
    buf_addf(out, "} %" PRIu64 "\n", count);
}

static void end_number(struct buf *out, double value)
{
    buf_add_cstr(out, "} ");
    openmetrics_add_number(out, value);
    buf_add_char(out, '\n');
}

/* Milliseconds as seconds, with the same digits: a division by 1000 might add some. */
static double to_seconds(double ms)
{
    struct buf text = BUF_INIT;

    text_add_double(&text, ms);
    double seconds = ms / 1000;
    if (str_index(buf_slice(&text), 'e') == text.n) {
        buf_add_cstr(&text, "e-3");
        seconds = strtod(buf_cstr(&text), NULL);
    }
    buf_release(&text);
    return seconds;
}

/* A row, and its labels, which stand before many samples: `method="GET",name="/"`. */
struct labelled {
    const struct snapshot_row *row;
    struct str labels;
};

/* The rows of a snapshot in the order of tables, and the total. */
struct rows {
    struct labelled *all;
    size_t n;
    struct labelled total;
    struct buf text; /* of the labels */
};

static int by_name(const void *a, const void *b)
{
    const struct snapshot_row *x = ((const struct labelled *)a)->row;
    const struct snapshot_row *y = ((const struct labelled *)b)->row;
    int order = strcmp(x->name, y->name);

    return order != 0 ? order : strcmp(x->method, y->method);
}

/* How long the labels are that were added for it. */
static size_t add_labels(struct buf *out, const struct snapshot_row *row)
{
    size_t before = out->n;

    openmetrics_add_label(out, "method", str_of(row->method));
    buf_add_char(out, ',');
    openmetrics_add_label(out, "name", str_of(row->name));
    return out->n - before;
}

static struct rows labelled(const struct snapshot *s)
{
    struct rows rows = {.n = s->n_rows, .total = {.row = &s->total}};
    size_t at = 0;

    rows.all = xcalloc(s->n_rows + 1, sizeof *rows.all);
    for (size_t i = 0; i < s->n_rows; i++)
        rows.all[i].row = &s->rows[i];
    qsort(rows.all, rows.n, sizeof *rows.all, by_name);
    for (size_t i = 0; i < rows.n; i++)
        rows.all[i].labels.n = add_labels(&rows.text, rows.all[i].row);
    rows.total.labels.n = add_labels(&rows.text, rows.total.row);
    // The text moves while it grows.
    for (size_t i = 0; i < rows.n; at += rows.all[i++].labels.n)
        rows.all[i].labels.p = rows.text.p + at;
    rows.total.labels.p = rows.text.p + at;
    return rows;
}

static void rows_release(struct rows *rows)
{
    free(rows->all);
    buf_release(&rows->text);
}

/* NAME{method="GET",name="/", and the brace still open. */
static void begin_sample(struct buf *out, const char *name, const struct labelled *row)
{
    buf_add_cstr(out, name);
    buf_add_char(out, '{');
    buf_add_str(out, row->labels);
}

static uint64_t requests_of(const struct snapshot_row *row)
{
    return row->requests;
}

static uint64_t failures_of(const struct snapshot_row *row)
{
    return row->failures;
}

static uint64_t bytes_of(const struct snapshot_row *row)
{
    return row->bytes;
}

static void add_counts(struct buf *out, const struct rows *rows, const char *sample,
                       uint64_t (*count)(const struct snapshot_row *row))
{
    for (size_t i = 0; i < rows->n; i++) {
        begin_sample(out, sample, &rows->all[i]);
        end_count(out, count(rows->all[i].row));
    }
}

static void add_percentiles_of(struct buf *out, const struct labelled *of)
{
    const struct snapshot_row *row = of->row;

    if (row->timed == 0)
        return;
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        begin_sample(out, "katydid_response_time_percentile_seconds", of);
        buf_addf(out, ",quantile=\"%s\"", quantiles[i].quantile);
        end_number(out, to_seconds(row->percentiles_ms[quantiles[i].which]));
    }
}

static void add_percentiles(struct buf *out, const struct rows *rows)
{
    openmetrics_add_family(out, "katydid_response_time_percentile_seconds", "summary", "seconds",
                           "The time within which that share of the responses came.");
    for (size_t i = 0; i < rows->n; i++)
        add_percentiles_of(out, &rows->all[i]);
    add_percentiles_of(out, &rows->total);
}

static void add_buckets_of(struct buf *out, const struct labelled *of)
{
    const struct snapshot_row *row = of->row;

    for (size_t i = 0; i < SNAPSHOT_BOUNDS; i++) {
        begin_sample(out, "katydid_response_time_seconds_bucket", of);
        buf_addf(out, ",le=\"%s\"", snapshot_bounds[i].seconds);
        end_count(out, row->within[i]);
    }
    begin_sample(out, "katydid_response_time_seconds_bucket", of);
    buf_add_cstr(out, ",le=\"+Inf\"");
    end_count(out, row->timed);
    begin_sample(out, "katydid_response_time_seconds_count", of);
    end_count(out, row->timed);
    begin_sample(out, "katydid_response_time_seconds_sum", of);
    end_number(out, to_seconds(row->sum_ms));
}

static void add_buckets(struct buf *out, const struct rows *rows)
{
    openmetrics_add_family(out, "katydid_response_time_seconds", "histogram", "seconds",
                           "Response times.");
    for (size_t i = 0; i < rows->n; i++)
        add_buckets_of(out, &rows->all[i]);
}

static double rate_of(const struct snapshot_row *row)
{
    return row->rate;
}

static double run_rate_of(const struct snapshot_row *row)
{
    return row->run_rate;
}

static double fail_ratio_of(const struct snapshot_row *row)
{
    return row->fail_ratio;
}

/* Of each row, and of the total. */
static void add_numbers(struct buf *out, const struct rows *rows, const char *name,
                        const char *help, double (*number)(const struct snapshot_row *row))
{
    openmetrics_add_family(out, name, "gauge", NULL, help);
    for (size_t i = 0; i < rows->n; i++) {
        begin_sample(out, name, &rows->all[i]);
        end_number(out, number(rows->all[i].row));
    }
    begin_sample(out, name, &rows->total);
    end_number(out, number(rows->total.row));
}

/* What is looked at once has rates of the whole run; whoever keeps series adds up buckets. */
static void add_rates(struct buf *out, const struct rows *rows, bool is_over)
{
    if (!is_over) {
        add_numbers(out, rows, "katydid_requests_per_second",
                    "Requests a second, over the last ten seconds.", rate_of);
        add_buckets(out, rows);
        return;
    }
    add_numbers(out, rows, "katydid_requests_per_second", "Requests a second, over the whole run.",
                run_rate_of);
    add_numbers(out, rows, "katydid_fail_ratio", "Failures as a share of the requests.",
                fail_ratio_of);
}

/* --- what scripts count by themselves ------------------------------------------------------ */

static void add_named(struct buf *out, const char *sample, const struct snapshot_metric *of)
{
    buf_addf(out, "%s{", sample);
    openmetrics_add_label(out, "name", str_of(of->name));
}

static void add_outcomes(struct buf *out, const char *sample, const struct snapshot_metric *of,
                         const char *yes, const char *no)
{
    add_named(out, sample, of);
    buf_addf(out, ",outcome=\"%s\"", yes);
    end_count(out, of->passes);
    add_named(out, sample, of);
    buf_addf(out, ",outcome=\"%s\"", no);
    end_count(out, of->count - of->passes);
}

static void add_check(struct buf *out, const struct snapshot_metric *of)
{
    add_outcomes(out, "katydid_checks_total", of, "passed", "failed");
}

static void add_rate(struct buf *out, const struct snapshot_metric *of)
{
    add_outcomes(out, "katydid_custom_rate_total", of, "true", "false");
}

static void add_counter(struct buf *out, const struct snapshot_metric *of)
{
    add_named(out, "katydid_custom_total", of);
    end_number(out, of->sum);
}

static void add_gauge(struct buf *out, const struct snapshot_metric *of)
{
    if (of->count == 0)
        return;
    add_named(out, "katydid_custom_value", of);
    end_number(out, of->last);
}

static void add_trend(struct buf *out, const struct snapshot_metric *of)
{
    for (size_t i = 0; of->count > 0 && i < sizeof quantiles / sizeof quantiles[0]; i++) {
        add_named(out, "katydid_custom_trend", of);
        buf_addf(out, ",quantile=\"%s\"", quantiles[i].quantile);
        end_number(out, of->percentiles[quantiles[i].which]);
    }
    if (of->min >= 0) { // a sum must never fall
        add_named(out, "katydid_custom_trend_sum", of);
        end_number(out, of->sum);
    }
    add_named(out, "katydid_custom_trend_count", of);
    end_count(out, of->count);
}

static void add_metrics(struct buf *out, const struct snapshot *s)
{
    static const struct {
        const char *family, *type, *help;
        void (*add)(struct buf *out, const struct snapshot_metric *of);
    } kinds[METRIC_KINDS] = {
        [METRIC_CHECK] = {"katydid_checks", "counter", "Checks of the script.", add_check},
        [METRIC_COUNTER] = {"katydid_custom", "counter", "Counters of the script.", add_counter},
        [METRIC_GAUGE] = {"katydid_custom_value", "gauge", "Gauges of the script: the last value.",
                          add_gauge},
        [METRIC_TREND] = {"katydid_custom_trend", "summary", "Trends of the script.", add_trend},
        [METRIC_RATE] = {"katydid_custom_rate", "counter",
                         "Rates of the script: how often it was so.", add_rate},
    };

    for (int kind = 0; kind < METRIC_KINDS; kind++) {
        bool is_open = false;
        for (size_t i = 0; i < s->n_metrics; i++) {
            if ((int)s->metrics[i].kind != kind)
                continue;
            if (!is_open)
                openmetrics_add_family(out, kinds[kind].family, kinds[kind].type, NULL,
                                       kinds[kind].help);
            is_open = true;
            kinds[kind].add(out, &s->metrics[i]);
        }
    }
}

static void add_run(struct buf *out, const struct snapshot *s, const struct openmetrics_at *at)
{
    openmetrics_add_family(out, "katydid_users", "gauge", NULL, "Users who are there.");
    openmetrics_add_sample(out, "katydid_users", (double)at->users);
    openmetrics_add_family(out, "katydid_exceptions", "counter", NULL, "Exceptions in scripts.");
    openmetrics_add_sample(out, "katydid_exceptions_total", (double)s->exceptions);
    if (!at->is_over)
        return;
    openmetrics_add_family(
        out, "katydid_requests_in_flight_at_end", "gauge", NULL,
        "Requests that the end of the run cut off; they are in no other figure.");
    openmetrics_add_sample(out, "katydid_requests_in_flight_at_end", (double)s->in_flight_at_end);
}

void openmetrics_add_snapshot(struct buf *out, const struct snapshot *s,
                              const struct openmetrics_at *at)
{
    struct rows rows = labelled(s);

    openmetrics_add_family(out, "katydid_requests", "counter", NULL,
                           "Requests, failed ones included.");
    add_counts(out, &rows, "katydid_requests_total", requests_of);
    openmetrics_add_family(out, "katydid_failures", "counter", NULL, "Requests that failed.");
    add_counts(out, &rows, "katydid_failures_total", failures_of);
    openmetrics_add_family(out, "katydid_response_bytes", "counter", "bytes",
                           "Bytes of the bodies that were received.");
    add_counts(out, &rows, "katydid_response_bytes_total", bytes_of);
    add_percentiles(out, &rows);
    add_rates(out, &rows, at->is_over);
    add_metrics(out, s);
    add_run(out, s, at);
    rows_release(&rows);
}

void openmetrics_add(struct buf *out, const struct stats *s, const struct openmetrics_at *at)
{
    struct snapshot *now = snapshot_take(s, s->total->last_s);

    openmetrics_add_snapshot(out, now, at);
    snapshot_release(now);
}

void openmetrics_end(struct buf *out)
{
    buf_add_cstr(out, "# EOF\n");
}

void openmetrics_add_result(struct buf *out, const struct result *r)
{
    const struct history_sample *last = history_last(&r->stats->history);
    struct openmetrics_at at = {.users = last != NULL ? last->users : 0, .is_over = true};

    openmetrics_add(out, r->stats, &at);
    openmetrics_end(out);
}
