/* markdown -- a summary of a run for a merge request or a job's page. */
// SPDX-License-Identifier: MIT
#include "report/markdown.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/outcome.h"
#include "report/view.h"

#define ROWS_MAX 100       /* of each table */
#define EXCEPTIONS_MAX 20  /* with their tracebacks */
#define TEXT_MAX 300       /* bytes of a text in a table, before it is escaped */
#define TRACEBACK_MAX 2000 /* bytes */

/* Foreign text as code: in it GitHub and GitLab look for no mentions. */
static void add_code(struct buf *out, const char *text)
{
    if (*text == '\0')
        return;
    buf_add_cstr(out, "<code>");
    escape_add_markdown(out, str_of(text), TEXT_MAX);
    buf_add_cstr(out, "</code>");
}

/* Foreign text beside our own. */
static void add_plain(struct buf *out, struct str text)
{
    escape_add_markdown(out, text, TEXT_MAX);
}

static const char *outcome_mark(enum outcome outcome)
{
    return outcome == OUTCOME_PASSED ? "✅" : outcome == OUTCOME_NOT_JUDGED ? "⚠️" : "❌";
}

static const char *verdict_mark(enum threshold_verdict verdict)
{
    return verdict == THRESHOLD_PASSED ? "✅" : verdict == THRESHOLD_CROSSED ? "❌" : "⚠️";
}

static void add_ms(struct buf *out, double ms)
{
    view_add_time(out, ms, 0);
    buf_add_cstr(out, " ms");
}

static void add_head(struct buf *out, const struct result *r)
{
    enum outcome outcome = outcome_of(r);
    const struct entry *total = r->stats->total;
    struct buf text = BUF_INIT;

    buf_addf(out, "## %s ", outcome_mark(outcome));
    outcome_add_title(&text, r);
    add_plain(out, buf_slice(&text));
    buf_addf(out, ": %s\n\n", outcome_name(outcome));
    buf_clear(&text);
    outcome_add_reason(&text, r);
    add_plain(out, buf_slice(&text));
    buf_addf(out, " (exit code %d).\n\n**%" PRIu64 "** requests in **", r->exit_code,
             total->requests);
    text_add_duration(out, fmax(r->ended_s - r->started_s, 0));
    buf_addf(out, "**, **%.2f** a second, **%.2f %%** failed", stats_total_rate(r->stats, total),
             entry_fail_ratio(total) * 100);
    if (total->times.count > 0) {
        double values[VIEW_PERCENTILES];
        view_percentile_values(&total->times, values);
        buf_add_cstr(out, "; median **");
        add_ms(out, values[0]);
        buf_add_cstr(out, "**, 95 % within **");
        add_ms(out, values[5]);
        buf_add_cstr(out, "**, 99 % within **");
        add_ms(out, values[7]);
        buf_add_cstr(out, "**");
    }
    buf_add_cstr(out, ".\n");
    if (r->usage.is_doubtful)
        buf_add_cstr(out,
                     "\n⚠️ Answers had to wait for katydid itself: response times may be too "
                     "long.\n");
    for (size_t i = 0; i < r->n_notes && i < ROWS_MAX; i++) {
        buf_add_cstr(out, "\n⚠️ ");
        add_plain(out, str_of(r->notes[i]));
        buf_add_char(out, '\n');
    }
    buf_release(&text);
}

static void add_more(struct buf *out, size_t n, size_t shown)
{
    if (n > shown)
        buf_addf(out, "\n… and %zu more.\n", n - shown);
}

static bool has_room(const struct buf *out)
{
    return out->n < MARKDOWN_LIMIT - 32768; // what a row takes at most, and the end
}

static void add_thresholds(struct buf *out, const struct result *r)
{
    size_t shown = 0;

    if (r->n_thresholds == 0)
        return;
    buf_add_cstr(out,
                 "\n### Thresholds\n\n| | Threshold | Measured | |\n| --- | --- | ---: | --- |\n");
    for (; shown < r->n_thresholds && shown < ROWS_MAX && has_room(out); shown++) {
        const struct threshold_row *t = &r->thresholds[shown];
        buf_addf(out, "| %s %s | ", verdict_mark(t->verdict), threshold_verdict_name(t->verdict));
        add_code(out, t->text);
        buf_add_cstr(out, " | ");
        add_plain(out, str_of(t->shown));
        buf_add_cstr(out, " | ");
        add_plain(out, str_of(t->reason));
        buf_add_cstr(out, " |\n");
    }
    add_more(out, r->n_thresholds, shown);
}

static void add_time_cell(struct buf *out, bool is_there, double ms)
{
    buf_add_cstr(out, " | ");
    if (is_there)
        view_add_time(out, ms, 0);
}

static void add_row(struct buf *out, const struct stats *s, const struct entry *e)
{
    double values[VIEW_PERCENTILES];
    bool has_times = e->times.count > 0;

    view_percentile_values(&e->times, values);
    buf_add_cstr(out, "| ");
    add_plain(out, str_of(e->method));
    buf_add_cstr(out, " | ");
    if (e == s->total)
        buf_add_cstr(out, "**" VIEW_TOTAL_NAME "**");
    else
        add_code(out, e->name);
    buf_addf(out, " | %" PRIu64 " | %" PRIu64 " (%.2f %%)", e->requests, e->failures,
             entry_fail_ratio(e) * 100);
    add_time_cell(out, has_times, values[0]);
    add_time_cell(out, has_times, values[5]);
    add_time_cell(out, has_times, values[7]);
    add_time_cell(out, has_times, e->times.max_ms);
    buf_addf(out, " | %.2f |\n", stats_total_rate(s, e));
}

static int by_requests(const void *a, const void *b)
{
    const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
    return (x->requests < y->requests) - (x->requests > y->requests);
}

/* Of too many names those with most requests. */
static void add_table(struct buf *out, const struct stats *s)
{
    size_t n, shown = 0;
    struct entry **rows = stats_sorted(s, &n);

    if (n > ROWS_MAX)
        qsort(rows, n, sizeof(struct entry *), by_requests);
    buf_add_cstr(out,
                 "\n### Requests\n\n"
                 "| Type | Name | Requests | Failures | Median ms | 95 % | 99 % | Max | req/s |\n"
                 "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (; shown < n && shown < ROWS_MAX && has_room(out); shown++)
        add_row(out, s, rows[shown]);
    add_row(out, s, s->total);
    if (n > shown)
        buf_addf(out, "\nThese are the %zu names with most requests, of %zu.\n", shown, n);
    if (s->in_flight_at_end > 0)
        buf_addf(out, "\n%" PRIu64 " in flight at the end, and counted nowhere above.\n",
                 s->in_flight_at_end);
    free(rows);
}

static int by_count(const void *a, const void *b)
{
    const struct failure *x = *(struct failure *const *)a, *y = *(struct failure *const *)b;
    return (x->count < y->count) - (x->count > y->count);
}

static void add_failures(struct buf *out, const struct failures *failures)
{
    struct failure **rows = xcalloc(failures->n + 1, sizeof *rows), *f, *next;
    struct buf text = BUF_INIT;
    size_t n = 0, shown = 0;

    HASH_ITER (hh, failures->all, f, next)
        rows[n++] = f;
    qsort(rows, n, sizeof *rows, by_count);
    if (n > 0)
        buf_add_cstr(out, "\n### Failures\n\n| Times | Failure |\n| ---: | --- |\n");
    for (; shown < n && shown < ROWS_MAX && has_room(out); shown++) {
        buf_clear(&text);
        view_add_failure(&text, rows[shown]);
        buf_addf(out, "| %" PRIu64 " | ", rows[shown]->count);
        add_code(out, buf_cstr(&text));
        buf_add_cstr(out, " |\n");
    }
    add_more(out, n, shown);
    buf_release(&text);
    free(rows);
}

/* Within <pre> there is no Markdown; what would end it is escaped. */
static void add_exceptions(struct buf *out, const struct exceptions *exceptions)
{
    struct exception *x, *next;
    size_t shown = 0;

    if (exceptions->n > 0)
        buf_add_cstr(out, "\n### Exceptions\n");
    HASH_ITER (hh, exceptions->all, x, next) {
        if (shown == EXCEPTIONS_MAX || !has_room(out))
            break;
        buf_addf(out, "\n<details><summary>%" PRIu64 " × <code>", x->count);
        escape_add_xml_attribute(out, str_slice(str_of(x->message), 0, TEXT_MAX));
        buf_add_cstr(out, "</code></summary>\n\n<pre>");
        escape_add_xml(out, str_slice(str_of(x->traceback), 0, TRACEBACK_MAX));
        buf_add_cstr(out, "</pre>\n</details>\n");
        shown++;
    }
    add_more(out, exceptions->n, shown);
}

static void add_check(struct buf *out, const struct metric *m)
{
    buf_addf(out, "| %s | ", metric_fails(m) == 0 ? "✅" : "❌");
    add_code(out, m->name);
    buf_addf(out, " | %" PRIu64 " | %" PRIu64 " | %.2f %% |\n", m->count, metric_fails(m),
             metric_ratio(m) * 100);
}

static void add_checks(struct buf *out, const struct stats *s)
{
    size_t n, n_checks = 0, shown = 0;
    struct metric **all = metrics_sorted(&s->metrics, &n);

    while (n_checks < n && all[n_checks]->kind == METRIC_CHECK)
        n_checks++;
    if (n_checks > 0)
        buf_add_cstr(out, "\n### Checks\n\n| | Check | Times | Failed | Passed |\n"
                          "| --- | --- | ---: | ---: | ---: |\n");
    for (; shown < n_checks && shown < ROWS_MAX && has_room(out); shown++)
        add_check(out, all[shown]);
    add_more(out, n_checks, shown);
    free(all);
}

/* A cell, empty where the kind has no such value. */
static void add_value_cell(struct buf *out, bool is_there, double value)
{
    buf_add_cstr(out, " | ");
    if (is_there)
        view_add_value(out, value);
}

static void add_metric(struct buf *out, const struct stats *s, const struct metric *m)
{
    bool is_trend = m->kind == METRIC_TREND, has_extremes = is_trend || m->kind == METRIC_GAUGE;
    bool is_counter = m->kind == METRIC_COUNTER;

    buf_addf(out, "| %s | ", metric_kind_name(m->kind));
    add_code(out, m->name);
    buf_addf(out, " | %" PRIu64, m->count);
    if (m->kind == METRIC_RATE)
        buf_addf(out, " | %.2f %%", metric_ratio(m) * 100);
    else
        add_value_cell(out, !is_trend, is_counter ? m->sum : m->last);
    add_value_cell(out, is_counter, metric_per_second(m, stats_seconds(s)));
    add_value_cell(out, is_trend, metric_average(m));
    add_value_cell(out, has_extremes, m->min);
    add_value_cell(out, is_trend, metric_percentile(m, 0.50));
    add_value_cell(out, is_trend, metric_percentile(m, 0.95));
    add_value_cell(out, is_trend, metric_percentile(m, 0.99));
    add_value_cell(out, has_extremes, m->max);
    buf_add_cstr(out, " |\n");
}

static void add_metrics(struct buf *out, const struct stats *s)
{
    size_t n, first = 0, shown = 0;
    struct metric **all = metrics_sorted(&s->metrics, &n);

    while (first < n && all[first]->kind == METRIC_CHECK)
        first++;
    if (first < n)
        buf_add_cstr(
            out, "\n### Metrics\n\n"
                 "| Type | Metric | Values | Value | a second | Average | Min | Median | 95 % | "
                 "99 % | Max |\n"
                 "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (; first + shown < n && shown < ROWS_MAX && has_room(out); shown++)
        add_metric(out, s, all[first + shown]);
    add_more(out, n - first, shown);
    free(all);
}

static void add_end(struct buf *out, const struct result *r)
{
    buf_add_cstr(out, "\n<sub>Katydid ");
    add_plain(out, str_of(r->version));
    if (*r->profile != '\0') {
        buf_add_cstr(out, " · profile ");
        add_code(out, r->profile);
    }
    if (*r->host != '\0') {
        buf_add_cstr(out, " · ");
        add_code(out, r->host);
    }
    buf_addf(out, " · seed %" PRIu64 " · ", r->seed);
    text_add_utc(out, r->started_s);
    buf_add_cstr(out, "</sub>\n");
}

void markdown_add(struct buf *out, const struct result *r)
{
    struct buf text = BUF_INIT;

    add_head(&text, r);
    add_thresholds(&text, r);
    add_table(&text, r->stats);
    add_checks(&text, r->stats);
    add_metrics(&text, r->stats);
    add_failures(&text, &r->stats->failures);
    add_exceptions(&text, &r->stats->exceptions);
    add_end(&text, r);
    buf_add_str(out, buf_slice(&text));
    buf_release(&text);
}
