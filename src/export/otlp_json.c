/* otlp_json -- a snapshot as the body of an OTLP export. */
// SPDX-License-Identifier: MIT
#include "export/otlp_json.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "report/json_text.h"
#include "report/view.h"

/* --- values -------------------------------------------------------------------------------- */

/* A string of JSON, whatever bytes it is made of (RFC 8259 7). */
static void add_string(struct buf *out, const char *foreign)
{
    struct buf text = BUF_INIT;

    view_add_text(&text, str_of(foreign));
    json_text_add_string(out, buf_slice(&text));
    buf_release(&text);
}

static void add_time(struct buf *out, const char *field, double wall_s)
{
    buf_addf(out, "\"%s\":\"%" PRIu64 "\"", field, s_to_ns(wall_s));
}

static void add_field(struct buf *out, const char *field, double value)
{
    buf_addf(out, ",\"%s\":", field);
    text_add_double(out, value);
}

static void add_count(struct buf *out, const char *field, uint64_t count)
{
    buf_addf(out, ",\"%s\":\"%" PRIu64 "\"", field, count);
}

static void begin_attribute(struct buf *out, bool *is_first, const char *key)
{
    if (!*is_first)
        buf_add_char(out, ',');
    *is_first = false;
    buf_add_cstr(out, "{\"key\":");
    add_string(out, key);
    buf_add_cstr(out, ",\"value\":{");
}

static void add_attribute(struct buf *out, bool *is_first, const char *key, const char *value)
{
    begin_attribute(out, is_first, key);
    buf_add_cstr(out, "\"stringValue\":");
    add_string(out, value);
    buf_add_cstr(out, "}}");
}

/* --- points -------------------------------------------------------------------------------- */

/* Opens a point, as far as its attributes. */
static void begin_point(struct otlp_writer *w)
{
    buf_add_cstr(&w->text, w->has_point ? ",{\"attributes\":[" : "{\"attributes\":[");
    w->has_point = true;
}

/* Behind its attributes: of what time it is; since when, where it has been added up. */
static void add_times(struct otlp_writer *w, bool is_sum)
{
    buf_add_cstr(&w->text, "],");
    if (is_sum) {
        add_time(&w->text, "startTimeUnixNano", w->snapshot->start_s);
        buf_add_char(&w->text, ',');
    }
    add_time(&w->text, "timeUnixNano", w->snapshot->at_s);
}

static void end_point(struct otlp_writer *w)
{
    buf_add_char(&w->text, '}');
}

static void end_count(struct otlp_writer *w, uint64_t count)
{
    add_times(w, true);
    add_count(&w->text, "asInt", count);
    end_point(w);
}

static void end_number(struct otlp_writer *w, bool is_sum, double value)
{
    add_times(w, is_sum);
    add_field(&w->text, "asDouble", value);
    end_point(w);
}

static bool is_http(const char *method)
{
    static const char *const methods[] = {"GET",    "HEAD",    "POST",    "PUT",   "PATCH",
                                          "DELETE", "CONNECT", "OPTIONS", "TRACE", "QUERY"};

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(method, methods[i]) == 0)
            return true;
    }
    return false;
}

/* Requests have the names of the semantic conventions; transactions and other protocols our own. */
static void add_name(struct otlp_writer *w, bool *is_first, const char *method, const char *name)
{
    bool http = is_http(method);

    add_attribute(&w->text, is_first, http ? "http.request.method" : "katydid.type", method);
    add_attribute(&w->text, is_first, http ? "url.template" : "katydid.name", name);
}

static void begin_row(struct otlp_writer *w, const struct snapshot_row *row)
{
    bool is_first = true;

    begin_point(w);
    add_name(w, &is_first, row->method, row->name);
}

static void add_duration(struct otlp_writer *w, const struct snapshot_row *row)
{
    uint64_t before = 0;

    begin_row(w, row);
    add_times(w, true);
    add_count(&w->text, "count", row->timed);
    add_field(&w->text, "sum", row->sum_ms / 1000);
    if (row->timed > 0) {
        add_field(&w->text, "min", row->min_ms / 1000);
        add_field(&w->text, "max", row->max_ms / 1000);
    }
    buf_add_cstr(&w->text, ",\"bucketCounts\":[");
    for (size_t i = 0; i < SNAPSHOT_BOUNDS; before = row->within[i], i++)
        buf_addf(&w->text, "\"%" PRIu64 "\",", row->within[i] - before);
    buf_addf(&w->text, "\"%" PRIu64 "\"],\"explicitBounds\":[", row->timed - before);
    for (size_t i = 0; i < SNAPSHOT_BOUNDS; i++)
        buf_addf(&w->text, "%s%s", i > 0 ? "," : "", snapshot_bounds[i].seconds);
    buf_add_char(&w->text, ']');
    end_point(w);
}

static void add_http_duration(struct otlp_writer *w, size_t i)
{
    if (is_http(w->snapshot->rows[i].method))
        add_duration(w, &w->snapshot->rows[i]);
}

static void add_other_duration(struct otlp_writer *w, size_t i)
{
    if (!is_http(w->snapshot->rows[i].method))
        add_duration(w, &w->snapshot->rows[i]);
}

static void add_requests(struct otlp_writer *w, size_t i)
{
    begin_row(w, &w->snapshot->rows[i]);
    end_count(w, w->snapshot->rows[i].requests);
}

static void add_bytes(struct otlp_writer *w, size_t i)
{
    begin_row(w, &w->snapshot->rows[i]);
    end_count(w, w->snapshot->rows[i].bytes);
}

/* What kind of failure it is, of which there are few: the status of an answer, the name of an exception,
 * or _OTHER, as the semantic conventions have it. */
static void add_error_type(struct buf *out, struct str text)
{
    static const struct str status = {"HTTPError('", 11};
    size_t n = 0;

    if (str_starts(text, status) && text.n > 14) {
        buf_add_str(out, str_slice(text, status.n, status.n + 3));
        return;
    }
    while (n < text.n && (isalnum((unsigned char)text.p[n]) || text.p[n] == '_'))
        n++;
    if (n > 0 && n < text.n && text.p[n] == '(')
        buf_add_str(out, str_slice(text, 0, n));
    else
        buf_add_cstr(out, "_OTHER");
}

static void add_failure(struct otlp_writer *w, size_t i)
{
    const struct snapshot_failure *failure = &w->snapshot->failures[i];
    struct buf type = BUF_INIT;
    bool is_first = true;

    add_error_type(&type, str_of(failure->text));
    begin_point(w);
    add_name(w, &is_first, failure->method, failure->name);
    add_attribute(&w->text, &is_first, "error.type", buf_cstr(&type));
    add_attribute(&w->text, &is_first, "error.message", failure->text);
    end_count(w, failure->count);
    buf_release(&type);
}

static void add_exceptions(struct otlp_writer *w, size_t i)
{
    (void)i;
    begin_point(w);
    end_count(w, w->snapshot->exceptions);
}

static void add_users(struct otlp_writer *w, size_t i)
{
    (void)i;
    begin_point(w);
    end_count(w, w->snapshot->run.users);
}

static void add_users_wanted(struct otlp_writer *w, size_t i)
{
    (void)i;
    begin_point(w);
    end_count(w, w->snapshot->run.users_wanted);
}

static void add_state(struct otlp_writer *w, size_t i)
{
    bool is_first = true;

    begin_point(w);
    add_attribute(&w->text, &is_first, "katydid.state", run_state_name((enum run_state)i));
    add_times(w, false);
    add_count(&w->text, "asInt", w->snapshot->run.state == (enum run_state)i);
    end_point(w);
}

static void add_lag(struct otlp_writer *w, size_t i)
{
    const struct snapshot_run *run = &w->snapshot->run;
    bool is_first = true, is_max = i == SNAPSHOT_LAG_SHARES;

    begin_point(w);
    begin_attribute(&w->text, &is_first, "katydid.quantile");
    buf_add_cstr(&w->text, "\"doubleValue\":");
    text_add_double(&w->text, is_max ? 1 : snapshot_lag_shares[i]);
    buf_add_cstr(&w->text, "}}");
    end_number(w, false, (is_max ? run->lag_max_ms : run->lag_ms[i]) / 1000);
}

static void add_cpu(struct otlp_writer *w, size_t i)
{
    (void)i;
    begin_point(w);
    end_number(w, false, w->snapshot->run.cpu_s); // not since the start of the test
}

static void add_memory(struct otlp_writer *w, size_t i)
{
    (void)i;
    begin_point(w);
    add_times(w, false);
    add_count(&w->text, "asInt", w->snapshot->run.memory_bytes);
    end_point(w);
}

/* --- what scripts count by themselves ------------------------------------------------------ */

static void begin_metric(struct otlp_writer *w, const struct snapshot_metric *of,
                         const char *outcome)
{
    bool is_first = true;

    begin_point(w);
    add_attribute(&w->text, &is_first, "katydid.name", of->name);
    if (outcome != NULL)
        add_attribute(&w->text, &is_first, "katydid.outcome", outcome);
}

static void add_outcomes(struct otlp_writer *w, size_t i, enum metric_kind kind, const char *yes,
                         const char *no)
{
    const struct snapshot_metric *of = &w->snapshot->metrics[i];

    if (of->kind != kind)
        return;
    begin_metric(w, of, yes);
    end_count(w, of->passes);
    begin_metric(w, of, no);
    end_count(w, of->count - of->passes);
}

static void add_check(struct otlp_writer *w, size_t i)
{
    add_outcomes(w, i, METRIC_CHECK, "passed", "failed");
}

static void add_rate(struct otlp_writer *w, size_t i)
{
    add_outcomes(w, i, METRIC_RATE, "true", "false");
}

static void add_counter(struct otlp_writer *w, size_t i)
{
    if (w->snapshot->metrics[i].kind != METRIC_COUNTER)
        return;
    begin_metric(w, &w->snapshot->metrics[i], NULL);
    end_number(w, true, w->snapshot->metrics[i].sum);
}

static void add_gauge(struct otlp_writer *w, size_t i)
{
    const struct snapshot_metric *of = &w->snapshot->metrics[i];

    if (of->kind != METRIC_GAUGE || of->count == 0)
        return;
    begin_metric(w, of, NULL);
    end_number(w, false, of->last);
}

static void add_trend(struct otlp_writer *w, size_t i)
{
    const struct snapshot_metric *of = &w->snapshot->metrics[i];

    if (of->kind != METRIC_TREND || of->count == 0)
        return;
    begin_metric(w, of, NULL);
    add_times(w, true);
    add_count(&w->text, "count", of->count);
    if (of->min >= 0) // a sum must never fall
        add_field(&w->text, "sum", of->sum);
    buf_add_cstr(&w->text, ",\"quantileValues\":[");
    for (size_t k = 0; k < VIEW_PERCENTILES; k++) {
        buf_add_cstr(&w->text, k > 0 ? ",{\"quantile\":" : "{\"quantile\":");
        text_add_double(&w->text, view_percentiles[k]);
        add_field(&w->text, "value", of->percentiles[k]);
        buf_add_char(&w->text, '}');
    }
    buf_add_char(&w->text, ']');
    end_point(w);
}

/* --- metrics ------------------------------------------------------------------------------- */

enum points { OF_ROWS, OF_FAILURES, OF_METRICS, OF_STATES, OF_LAG, ONE };

#define SUM "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":true,"
#define LEVEL "\"sum\":{\"aggregationTemporality\":2,\"isMonotonic\":false,"
#define HISTOGRAM "\"histogram\":{\"aggregationTemporality\":2,"
#define GAUGE "\"gauge\":{"
#define SUMMARY "\"summary\":{"

static const struct {
    const char *name, *unit, *description, *shape;
    enum points points;
    void (*add)(struct otlp_writer *w, size_t i);
} metrics[] = {
    {"http.client.request.duration", "s", "Duration of HTTP client requests.", HISTOGRAM, OF_ROWS,
     add_http_duration},
    {"katydid.operation.duration", "s", "Duration of transactions, and of requests beside HTTP.",
     HISTOGRAM, OF_ROWS, add_other_duration},
    {"katydid.requests", "{request}", "Requests, failed ones included.", SUM, OF_ROWS,
     add_requests},
    {"katydid.failures", "{failure}", "Requests that failed.", SUM, OF_FAILURES, add_failure},
    {"katydid.response.bytes", "By", "Bytes of the bodies that were received.", SUM, OF_ROWS,
     add_bytes},
    {"katydid.exceptions", "{exception}", "Exceptions in scripts.", SUM, ONE, add_exceptions},
    {"katydid.users", "{user}", "Users who are there.", LEVEL, ONE, add_users},
    {"katydid.users.wanted", "{user}", "Users that the test wants at the moment.", LEVEL, ONE,
     add_users_wanted},
    {"katydid.test.state", "1", "1 for the state that the test is in, 0 for the others.", GAUGE,
     OF_STATES, add_state},
    {"katydid.loop.lag", "s",
     "For how long katydid was away from its users, at a moment of the test.", GAUGE, OF_LAG,
     add_lag},
    {"process.cpu.time", "s", "CPU time that katydid has used.", SUM, ONE, add_cpu},
    {"process.memory.usage", "By", "Memory that katydid has in use.", LEVEL, ONE, add_memory},
    {"katydid.checks", "{check}", "Checks of the script.", SUM, OF_METRICS, add_check},
    {"katydid.custom.total", "1", "Counters of the script.", SUM, OF_METRICS, add_counter},
    {"katydid.custom.value", "1", "Gauges of the script: the last value.", GAUGE, OF_METRICS,
     add_gauge},
    {"katydid.custom.trend", "1", "Trends of the script.", SUMMARY, OF_METRICS, add_trend},
    {"katydid.custom.rate", "1", "Rates of the script: how often it was so.", SUM, OF_METRICS,
     add_rate},
};
#define METRICS (sizeof metrics / sizeof metrics[0])

static size_t points_of(const struct snapshot *s, enum points points)
{
    switch (points) {
    case OF_ROWS:
        return s->n_rows;
    case OF_FAILURES:
        return s->n_failures;
    case OF_METRICS:
        return s->n_metrics;
    case OF_STATES:
        return RUN_STOPPED + 1;
    case OF_LAG:
        return SNAPSHOT_LAG_SHARES + 1;
    case ONE:
        break;
    }
    return 1;
}

/* Where the present metric begins in the text, so that one without any point leaves nothing. */
static void open_metric(struct otlp_writer *w)
{
    buf_addf(&w->text,
             "%s{\"name\":\"%s\",\"unit\":\"%s\",\"description\":\"%s\",%s\"dataPoints\":[",
             w->has_metric ? "," : "", metrics[w->metric].name, metrics[w->metric].unit,
             metrics[w->metric].description, metrics[w->metric].shape);
}

static void next_metric(struct otlp_writer *w)
{
    if (w->has_point) {
        buf_add_cstr(&w->text, "]}}");
        w->has_metric = true;
    } else {
        buf_truncate(&w->text, w->metric_at);
    }
    w->has_point = false;
    w->point = 0;
    w->metric++;
}

void otlp_begin(struct otlp_writer *w, const struct snapshot *s,
                const struct otlp_settings *settings)
{
    bool is_first = true;

    w->snapshot = s;
    w->metric = w->point = 0;
    w->has_metric = w->has_point = false;
    buf_clear(&w->text);
    buf_add_cstr(&w->text, "{\"resourceMetrics\":[{\"resource\":{\"attributes\":[");
    for (size_t i = 0; i < settings->n_resource; i++)
        add_attribute(&w->text, &is_first, settings->resource[i].key, settings->resource[i].value);
    buf_add_cstr(&w->text, "]},\"scopeMetrics\":[{\"scope\":{\"name\":\"katydid\",\"version\":"
                           "\"" KATYDID_VERSION "\"},\"metrics\":[");
}

bool otlp_step(struct otlp_writer *w)
{
    if (w->metric == METRICS) {
        buf_add_cstr(&w->text, "]}]}]}");
        w->snapshot = NULL;
        return true;
    }
    if (w->point == 0) {
        w->metric_at = w->text.n;
        open_metric(w);
    }
    if (w->point < points_of(w->snapshot, metrics[w->metric].points))
        metrics[w->metric].add(w, w->point++);
    else
        next_metric(w);
    return false;
}

void otlp_release(struct otlp_writer *w)
{
    buf_release(&w->text);
    *w = (struct otlp_writer){0};
}
