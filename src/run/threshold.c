/* threshold -- a threshold judged. */
// SPDX-License-Identifier: MIT
#include "run/threshold.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"

#define LAG_LIMIT_MS 1.0 /* below it, lag is never too much */
#define LAG_SHARE 0.05   /* of the limit that is asked for */

// --- the value -----------------------------------------------------------------------------------

static double value_of_trend(const struct threshold *t, const struct metric *of)
{
    switch (t->metric) {
    case THRESHOLD_PERCENTILE:
        return metric_percentile(of, t->percent / 100);
    case THRESHOLD_MEDIAN:
        return metric_percentile(of, 0.5);
    case THRESHOLD_AVERAGE:
        return metric_average(of);
    case THRESHOLD_MIN:
        return of->min;
    default:
        return of->max;
    }
}

static double value_of_metric(const struct threshold *t, const struct threshold_figures *f)
{
    const struct metric *of = f->metric;

    if (t->metric != THRESHOLD_CUSTOM)
        return value_of_trend(t, of);
    if (of->kind == METRIC_GAUGE)
        return of->last;
    if (of->kind == METRIC_COUNTER)
        return t->part == THRESHOLD_SHARE ? metric_per_second(of, f->all_seconds) : of->sum;
    return t->part == THRESHOLD_COUNT ? (double)of->count : metric_ratio(of);
}

static double value_of_times(const struct threshold *t, const struct histogram *times)
{
    switch (t->metric) {
    case THRESHOLD_PERCENTILE:
        return histogram_percentile(times, t->percent / 100);
    case THRESHOLD_MEDIAN:
        return histogram_percentile(times, 0.5);
    case THRESHOLD_AVERAGE:
        return histogram_average(times);
    case THRESHOLD_MIN:
        return times->min_ms;
    default:
        return times->max_ms;
    }
}

static double share(uint64_t part, uint64_t of)
{
    return fmin((double)part / (double)of, 1);
}

static double value_of(const struct threshold *t, const struct threshold_figures *f)
{
    if (f->metric != NULL)
        return value_of_metric(t, f);
    switch (t->metric) {
    case THRESHOLD_RATE:
        return f->seconds > 0 ? (double)f->requests / f->seconds : 0;
    case THRESHOLD_REQUESTS:
        return (double)f->requests;
    case THRESHOLD_FAILURES:
        return (double)f->failures;
    case THRESHOLD_FAIL_RATIO:
        return share(f->failures, f->requests);
    case THRESHOLD_EXCEPTIONS:
        return (double)f->exceptions;
    case THRESHOLD_CHECK_RATIO:
        return share(f->passes, f->checks);
    default:
        return value_of_times(t, f->times);
    }
}

static bool is_count(const struct threshold *t)
{
    return t->metric == THRESHOLD_RATE || t->metric == THRESHOLD_REQUESTS ||
           t->metric == THRESHOLD_FAILURES;
}

/* Whether there is a value at all; else why not. */
static bool has_value(const struct threshold *t, const struct threshold_figures *f,
                      struct buf *reason)
{
    const char *why = NULL;

    if (t->metric == THRESHOLD_EXCEPTIONS)
        return true;
    if (t->metric == THRESHOLD_CHECK_RATIO) {
        if (f->checks == 0)
            why = t->entry == NULL ? "nothing was checked" : "no check has a name that it is of";
    } else if (f->metric != NULL || t->metric == THRESHOLD_CUSTOM) {
        if (f->metric == NULL ||
            (f->metric->count == 0 && !(f->is_part && f->metric->kind == METRIC_COUNTER)))
            why = "the script added no value to it";
    } else if (!f->has_matched || (f->requests == 0 && !(f->is_part && is_count(t)))) {
        why = f->is_part && f->has_matched ? "no request came in it"
              : t->entry == NULL           ? "no request was counted"
                                           : "no request has a name that it is of";
    } else if (threshold_is_of_times(t) && f->times->count == 0) {
        why = "no response time was measured";
    }
    if (why != NULL)
        buf_add_cstr(reason, why);
    return why == NULL;
}

static bool holds(const struct threshold *t, double value)
{
    switch (t->op) {
    case THRESHOLD_LESS:
        return value < t->limit;
    case THRESHOLD_AT_MOST:
        return value <= t->limit;
    case THRESHOLD_GREATER:
        return value > t->limit;
    case THRESHOLD_AT_LEAST:
        return value >= t->limit;
    case THRESHOLD_EQUAL:
        return value == t->limit;
    case THRESHOLD_NOT_EQUAL:
        return value != t->limit;
    }
    return false;
}

/* So many times it takes for the percentile to be one of them: 20 for p95. */
static uint64_t needed_samples(const struct threshold *t)
{
    double percent = t->metric == THRESHOLD_PERCENTILE ? t->percent
                     : t->metric == THRESHOLD_MEDIAN   ? 50
                                                       : 0;
    double exact = 100 / (100 - percent);

    return (uint64_t)ceil(exact - exact * 1e-9);
}

// --- doubts --------------------------------------------------------------------------------------

static bool add_shortage(struct buf *reason, uint64_t n, const char *what)
{
    if (n == 0)
        return false;
    buf_addf(reason, "%s ran out: %" PRIu64 " request%s failed for that", what, n,
             n == 1 ? "" : "s");
    return true;
}

bool threshold_is_in_doubt(const struct threshold_doubts *d, struct buf *reason)
{
    if (d->is_cut_short) {
        buf_add_cstr(reason, "a signal ended the run before its time");
        return true;
    }
    return add_shortage(reason, d->no_descriptors, "this process's file descriptors") ||
           add_shortage(reason, d->no_ports, "this machine's ports");
}

static bool has_too_few(const struct threshold *t, const struct threshold_figures *f,
                        struct buf *reason)
{
    uint64_t needed = needed_samples(t), n = f->metric != NULL ? f->metric->count : f->times->count;
    const char *what = f->metric != NULL ? "value" : "response time";

    if (n >= needed)
        return false;
    buf_addf(reason, "%" PRIu64 " %s%s: %s needs %" PRIu64, n, what, n == 1 ? "" : "s",
             t->metric_name, needed);
    return true;
}

static bool is_saturated(const struct threshold *t, const struct threshold_figures *f,
                         const struct threshold_doubts *d, struct buf *reason)
{
    if (f->metric != NULL || d->allow_saturated || d->lag_ms <= LAG_LIMIT_MS ||
        d->lag_ms <= LAG_SHARE * t->limit)
        return false;
    buf_addf(reason,
             "katydid's own lag was too high: p99 %.3g ms, over 1 ms and 5%% of the limit "
             "(--allow-saturated judges all the same)",
             d->lag_ms);
    return true;
}

enum threshold_verdict threshold_judge(const struct threshold *t, const struct threshold_figures *f,
                                       const struct threshold_doubts *doubts, double *value,
                                       struct buf *reason)
{
    struct buf why = BUF_INIT, why_none = BUF_INIT;
    bool has = has_value(t, f, &why_none);
    bool is_doubtful = threshold_is_in_doubt(doubts, &why);

    *value = has ? value_of(t, f) : NAN;
    if (!is_doubtful && !has)
        buf_add_str(&why, buf_slice(&why_none));
    else if (!is_doubtful && f->left_out > 0)
        buf_addf(&why,
                 "%" PRIu64 " request%s counted under \"" STATS_OTHER_NAME
                 "\", and may be of it (--max-names)",
                 f->left_out, f->left_out == 1 ? " is" : "s are");
    else if (!is_doubtful && threshold_is_of_times(t) && !has_too_few(t, f, &why))
        is_saturated(t, f, doubts, &why);
    bool is_judged = why.n == 0;
    if (reason != NULL)
        buf_add_str(reason, buf_slice(&why));
    buf_release(&why);
    buf_release(&why_none);
    if (!is_judged)
        return THRESHOLD_NOT_JUDGED;
    return holds(t, *value) ? THRESHOLD_PASSED : THRESHOLD_CROSSED;
}

// --- custom metrics ------------------------------------------------------------------------------

/* Whether a metric of this kind has the figure that is asked for; else what it has. */
static const char *expected_part(const struct threshold *t, enum metric_kind kind)
{
    switch (kind) {
    case METRIC_TREND:
        return "a trend is judged by its percentiles, avg, min or max, as in 'p95 of NAME < 3'";
    case METRIC_GAUGE:
        return t->part == THRESHOLD_OWN || t->part == THRESHOLD_VALUE
                   ? NULL
                   : "a gauge has a value, no rate and no count";
    case METRIC_RATE:
        return t->part != THRESHOLD_VALUE ? NULL : "a rate has rate and count, no value";
    default:
        return NULL;
    }
}

static int refuse_metric(const struct threshold *t, const struct metrics *m, struct err *err)
{
    struct buf text = BUF_INIT;
    struct metric *of, *next;
    size_t n = 0;
    const char **names = xcalloc(m->n_custom + METRIC_KINDS + 16, sizeof *names);

    while (threshold_metrics[n] != NULL) {
        names[n] = threshold_metrics[n];
        n++;
    }
    HASH_ITER (hh, m->all, of, next) {
        if (of->kind != METRIC_CHECK && !of->is_other)
            names[n++] = of->name;
    }
    buf_add_char(&text, '\'');
    text_add_visible(&text, str_of(t->text), false);
    buf_add_cstr(&text, "': unknown metric '");
    text_add_visible(&text, str_of(t->metric_name), false);
    buf_add_char(&text, '\'');
    const char *near = nearest_name(str_of(t->metric_name), names, n);
    if (near != NULL) {
        buf_add_cstr(&text, " (did you mean '");
        text_add_visible(&text, str_of(near), false);
        buf_add_cstr(&text, "'?)");
    }
    if (t->part == THRESHOLD_SHARE || t->part == THRESHOLD_COUNT)
        buf_add_cstr(&text, "; of requests there are fail_ratio, failures, rps and requests");
    err_set(err, "%s", buf_cstr(&text));
    buf_release(&text);
    free((void *)names);
    return -1;
}

int threshold_check_metric(const struct threshold *t, const struct metrics *m, struct err *err)
{
    if (t->metric != THRESHOLD_CUSTOM)
        return 0;
    const struct metric *of = metrics_find(m, str_of(t->metric_name));
    if (of == NULL)
        return refuse_metric(t, m, err);
    const char *expected = expected_part(t, of->kind);
    if (expected == NULL)
        return 0;
    struct buf text = BUF_INIT;
    text_add_visible(&text, str_of(t->text), false);
    err_set(err, "'%s': %s", buf_cstr(&text), expected);
    buf_release(&text);
    return -1;
}

// --- rows ----------------------------------------------------------------------------------------

/* Of a ratio a percent is shown. */
static double factor_of(const struct threshold *t)
{
    return t->unit == THRESHOLD_RATIO ? 100 : 1;
}

/* As tables have them: times whole from 10 ms on, shares and rates with two decimals. */
static int decimals_of(const struct threshold *t, double value)
{
    if (t->unit == THRESHOLD_MS)
        return value == 0 || fabs(value) >= 9.995 ? 0 : fabs(value) >= 0.0995 ? 2 : 3;
    return t->unit == THRESHOLD_NUMBER && value == floor(value) ? 0 : 2;
}

static double rounded(double value, int decimals)
{
    double scale = pow(10, decimals);

    return fabs(value) < 1e15 / scale ? rint(value * scale) / scale : value;
}

void threshold_add_value(struct buf *out, const struct threshold *t, double value)
{
    static const char *const units[] = {"", " ms", "%", "/s"};
    double factor = factor_of(t), shown = value * factor;

    if (isnan(value)) {
        buf_add_char(out, '-');
        return;
    }
    int decimals = decimals_of(t, shown);
    while (decimals < 15 && holds(t, rounded(shown, decimals) / factor) != holds(t, value))
        decimals++;
    size_t from = out->n;
    buf_addf(out, "%.*f", decimals, rounded(shown, decimals));
    while (t->unit != THRESHOLD_MS && decimals > 0 && out->n > from + 1 &&
           (out->p[out->n - 1] == '0' || out->p[out->n - 1] == '.')) {
        bool was_point = out->p[out->n - 1] == '.';
        buf_truncate(out, out->n - 1);
        if (was_point)
            break;
    }
    buf_add_cstr(out, units[t->unit]);
}

struct threshold_row threshold_row_of(const struct threshold *t)
{
    static const char *const units[] = {"", "ms", "%", "/s"};

    return (struct threshold_row){
        .text = xstrdup(t->text),
        .metric = xstrdup(t->metric_name),
        .entry = xstrdup(t->entry != NULL ? t->entry : ""),
        .op = xstrdup(threshold_op_text(t->op)),
        .limit = t->limit * factor_of(t),
        .window_s = t->window_s,
        .aborts = t->aborts,
        .verdict = THRESHOLD_NOT_JUDGED,
        .unit = xstrdup(units[t->unit]),
    };
}

void threshold_row_fill(struct threshold_row *row, const struct threshold *t,
                        enum threshold_verdict verdict, double value, struct buf *reason)
{
    struct buf shown = BUF_INIT;

    threshold_add_value(&shown, t, value);
    row->verdict = verdict;
    row->has_value = !isnan(value);
    row->value = row->has_value ? value * factor_of(t) : 0;
    row->shown = buf_detach(&shown);
    row->reason = buf_detach(reason);
}

/* "no request has a name that it is of", and which one it was probably meant to be of. */
static void add_nearest(struct buf *reason, const struct threshold *t, const struct stats *s)
{
    size_t n = 0;
    char **names = xcalloc(2 * s->n_entries + 1, sizeof *names);
    struct entry *e, *next;

    HASH_ITER (hh, s->entries, e, next) {
        names[n++] = xstrdup(e->name);
        names[n++] = xasprintf("%s %s", e->method, e->name);
    }
    const char *near = nearest_name(str_of(t->entry), (const char *const *)names, n);
    if (near != NULL) {
        buf_add_cstr(reason, " (did you mean '");
        text_add_visible(reason, str_of(near), false);
        buf_add_cstr(reason, "'?)");
    }
    for (size_t i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

struct threshold_row threshold_row_judge(const struct threshold *t, const struct stats *s,
                                         const struct threshold_doubts *doubts)
{
    struct threshold_row row = threshold_row_of(t);
    struct threshold_figures figures = {.times = NULL};
    struct buf reason = BUF_INIT;
    double value;

    threshold_collect(&figures, t, s);
    enum threshold_verdict verdict = threshold_judge(t, &figures, doubts, &value, &reason);
    if (!figures.has_matched && isnan(value) && t->entry != NULL &&
        t->metric != THRESHOLD_CHECK_RATIO)
        add_nearest(&reason, t, s);
    threshold_row_fill(&row, t, verdict, value, &reason);
    threshold_figures_release(&figures);
    buf_release(&reason);
    return row;
}
