/* openmetrics -- the statistics as OpenMetrics text. */
// SPDX-License-Identifier: MIT
#include "report/openmetrics.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/text.h"
#include "report/view.h"

#define LARGEST_WHOLE 9007199254740992.0 /* 2^53: beyond it a double has gaps */

/* Upper bounds of the buckets, in milliseconds, and as text in seconds. */
static const struct {
    double ms;
    const char *le;
} bounds[] = {
    {1, "0.001"},  {2.5, "0.0025"}, {5, "0.005"},    {10, "0.01"},    {25, "0.025"},
    {50, "0.05"},  {100, "0.1"},    {250, "0.25"},   {500, "0.5"},    {1000, "1.0"},
    {2500, "2.5"}, {5000, "5.0"},   {10000, "10.0"}, {30000, "30.0"}, {60000, "60.0"},
};
#define BOUNDS (sizeof bounds / sizeof bounds[0])

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

/* NAME{method="GET",name="/", and the brace still open. */
static void begin_sample(struct buf *out, const char *name, const struct entry *e)
{
    buf_addf(out, "%s{", name);
    openmetrics_add_label(out, "method", str_of(e->method));
    buf_add_char(out, ',');
    openmetrics_add_label(out, "name", str_of(view_name(e)));
}

static void end_count(struct buf *out, uint64_t count)
{
    buf_addf(out, "} %" PRIu64 "\n", count);
}

/* Milliseconds as seconds, with the same digits: a division by 1000 might add some. */
static void add_seconds(struct buf *out, double ms)
{
    struct buf text = BUF_INIT;

    text_add_double(&text, ms);
    double seconds = ms / 1000;
    if (str_index(buf_slice(&text), 'e') == text.n) {
        buf_add_cstr(&text, "e-3");
        seconds = strtod(buf_cstr(&text), NULL);
    }
    openmetrics_add_number(out, seconds);
    buf_release(&text);
}

struct rows {
    struct entry **all;
    size_t n;
    const struct stats *stats;
};

static uint64_t requests_of(const struct entry *e)
{
    return e->requests;
}

static uint64_t failures_of(const struct entry *e)
{
    return e->failures;
}

static uint64_t bytes_of(const struct entry *e)
{
    return e->content_length;
}

static void add_counts(struct buf *out, const struct rows *rows, const char *sample,
                       uint64_t (*count)(const struct entry *e))
{
    for (size_t i = 0; i < rows->n; i++) {
        begin_sample(out, sample, rows->all[i]);
        end_count(out, count(rows->all[i]));
    }
}

static void add_percentiles_of(struct buf *out, const struct entry *e)
{
    double values[VIEW_PERCENTILES];

    if (e->times.count == 0)
        return;
    view_percentile_values(&e->times, values);
    for (size_t i = 0; i < sizeof quantiles / sizeof quantiles[0]; i++) {
        begin_sample(out, "katydid_response_time_percentile_seconds", e);
        buf_addf(out, ",quantile=\"%s\"} ", quantiles[i].quantile);
        add_seconds(out, values[quantiles[i].which]);
        buf_add_char(out, '\n');
    }
}

static void add_percentiles(struct buf *out, const struct rows *rows)
{
    openmetrics_add_family(out, "katydid_response_time_percentile_seconds", "gauge", "seconds",
                           "The time within which that share of the responses came.");
    for (size_t i = 0; i < rows->n; i++)
        add_percentiles_of(out, rows->all[i]);
    add_percentiles_of(out, rows->stats->total);
}

/* Times are known by their slots, so a bound is that of the slot it lies in: true to a thousandth. */
static void add_buckets_of(struct buf *out, const struct entry *e)
{
    uint64_t count, sum = 0;
    size_t slot = histogram_next(&e->times, 0, &count);

    for (size_t i = 0; i < BOUNDS; i++) {
        size_t last = histogram_slot(bounds[i].ms);
        for (; slot <= last; slot = histogram_next(&e->times, slot + 1, &count))
            sum += count;
        begin_sample(out, "katydid_response_time_seconds_bucket", e);
        buf_addf(out, ",le=\"%s\"", bounds[i].le);
        end_count(out, sum);
    }
    begin_sample(out, "katydid_response_time_seconds_bucket", e);
    buf_add_cstr(out, ",le=\"+Inf\"");
    end_count(out, e->times.count);
    begin_sample(out, "katydid_response_time_seconds_count", e);
    end_count(out, e->times.count);
    begin_sample(out, "katydid_response_time_seconds_sum", e);
    buf_add_cstr(out, "} ");
    add_seconds(out, e->times.sum_ms);
    buf_add_char(out, '\n');
}

static void add_buckets(struct buf *out, const struct rows *rows)
{
    openmetrics_add_family(out, "katydid_response_time_seconds", "histogram", "seconds",
                           "Response times.");
    for (size_t i = 0; i < rows->n; i++)
        add_buckets_of(out, rows->all[i]);
}

static void add_rate(struct buf *out, const char *sample, const struct entry *e, double rate)
{
    begin_sample(out, sample, e);
    buf_add_cstr(out, "} ");
    openmetrics_add_number(out, rate);
    buf_add_char(out, '\n');
}

static void add_rates(struct buf *out, const struct rows *rows)
{
    const struct stats *s = rows->stats;

    openmetrics_add_family(out, "katydid_requests_per_second", "gauge", NULL,
                           "Requests a second, over the whole run.");
    for (size_t i = 0; i < rows->n; i++)
        add_rate(out, "katydid_requests_per_second", rows->all[i],
                 stats_total_rate(s, rows->all[i]));
    add_rate(out, "katydid_requests_per_second", s->total, stats_total_rate(s, s->total));
    openmetrics_add_family(out, "katydid_fail_ratio", "gauge", NULL,
                           "Failures as a share of the requests.");
    for (size_t i = 0; i < rows->n; i++)
        add_rate(out, "katydid_fail_ratio", rows->all[i], entry_fail_ratio(rows->all[i]));
    add_rate(out, "katydid_fail_ratio", s->total, entry_fail_ratio(s->total));
}

static void add_run(struct buf *out, const struct stats *s, const struct openmetrics_at *at)
{
    openmetrics_add_family(out, "katydid_users", "gauge", NULL, "Users who are there.");
    openmetrics_add_sample(out, "katydid_users", (double)at->users);
    openmetrics_add_family(out, "katydid_exceptions", "counter", NULL, "Exceptions in scripts.");
    openmetrics_add_sample(out, "katydid_exceptions_total", (double)s->exceptions.total);
    if (!at->is_over)
        return;
    openmetrics_add_family(
        out, "katydid_requests_in_flight_at_end", "gauge", NULL,
        "Requests that the end of the run cut off; they are in no other figure.");
    openmetrics_add_sample(out, "katydid_requests_in_flight_at_end", (double)s->in_flight_at_end);
}

void openmetrics_add(struct buf *out, const struct stats *s, const struct openmetrics_at *at)
{
    struct rows rows = {.stats = s};

    rows.all = stats_sorted(s, &rows.n);
    openmetrics_add_family(out, "katydid_requests", "counter", NULL,
                           "Requests, failed ones included.");
    add_counts(out, &rows, "katydid_requests_total", requests_of);
    openmetrics_add_family(out, "katydid_failures", "counter", NULL, "Requests that failed.");
    add_counts(out, &rows, "katydid_failures_total", failures_of);
    openmetrics_add_family(out, "katydid_response_bytes", "counter", "bytes",
                           "Bytes of the bodies that were received.");
    add_counts(out, &rows, "katydid_response_bytes_total", bytes_of);
    add_percentiles(out, &rows);
    if (at->is_over)
        add_rates(out, &rows);
    else
        add_buckets(out, &rows);
    add_run(out, s, at);
    free(rows.all);
}

void openmetrics_end(struct buf *out)
{
    buf_add_cstr(out, "# EOF\n");
}
