/* page_data -- see page_data.h. */
// SPDX-License-Identifier: MIT
#include "report/page_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/page_facts.h"
#include "report/page_json.h"
#include "report/page_metrics.h"
#include "report/page_series.h"
#include "report/view.h"

/* Each halving of what is left is cut into so many steps: 0%, 10% ... 50%, 55% ... 75% ... */
#define STEPS 5
#define HALVINGS 24
#define SHARES (STEPS * HALVINGS)

static void make_shares(double shares[SHARES])
{
    double left = 1;

    for (size_t i = 0; i < SHARES; i += STEPS, left /= 2) {
        for (size_t k = 0; k < STEPS; k++)
            shares[i + k] = 1 - left + left / 2 * (double)k / STEPS;
    }
}

/* How many of the shares say anything of so many samples. */
static size_t shares_of(const double shares[SHARES], uint64_t count)
{
    size_t n = 0;

    while (n < SHARES && 1 / (1 - shares[n]) <= (double)count)
        n++;
    return n;
}

static json_t *percentiles_of(const struct entry *e)
{
    json_t *list = json_array();
    double values[VIEW_PERCENTILES];

    if (e->times.count == 0)
        return list;
    view_percentile_values(&e->times, values);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        json_array_append_new(list, page_time(values[i]));
    return list;
}

/* The times at the shares that stand in data.shares, and last of all the longest. */
static json_t *spread_of(const struct entry *e, const double shares[SHARES])
{
    json_t *list = json_array();
    size_t n = shares_of(shares, e->times.count);
    double values[SHARES];

    if (e->times.count == 0)
        return list;
    view_percentile_values_at(&e->times, shares, n, values);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(list, page_time(values[i]));
    json_array_append_new(list, page_time(e->times.max_ms));
    return list;
}

/* What the times were made of, on average; null where that isn't known. */
static json_t *phases_of(const struct phases *p)
{
    json_t *row, *average, *longest;

    if (p == NULL || p->requests == 0)
        return json_null();
    row = json_object();
    average = json_array();
    longest = json_array();
    for (enum phase i = 0; i < PHASES; i++) {
        json_array_append_new(average, page_time(phases_average(p, i)));
        json_array_append_new(longest, page_time(p->of[i].max_ms));
    }
    json_object_set_new(row, "connections", json_integer((json_int_t)p->of[PHASE_CONNECT].count));
    json_object_set_new(row, "average", average);
    json_object_set_new(row, "max", longest);
    return row;
}

static json_t *entry_row(const struct stats *s, const struct entry *e, const double shares[SHARES])
{
    bool has_times = e->times.count > 0;
    json_t *row = json_object();

    json_object_set_new(row, "method", page_text(e->method));
    json_object_set_new(row, "name", page_text(view_name(e)));
    if (e->is_transaction)
        json_object_set_new(row, "transaction", json_true());
    json_object_set_new(row, "requests", json_integer((json_int_t)e->requests));
    json_object_set_new(row, "failures", json_integer((json_int_t)e->failures));
    json_object_set_new(row, "failed", page_fixed(entry_fail_ratio(e) * 100, 2));
    json_object_set_new(row, "rate", page_fixed(stats_total_rate(s, e), 2));
    json_object_set_new(row, "failure_rate", page_fixed(stats_total_failure_rate(s, e), 2));
    json_object_set_new(row, "size", page_fixed(entry_average_length(e), 0));
    if (has_times) {
        json_object_set_new(row, "average", page_time(entry_average(e)));
        json_object_set_new(row, "min", page_time(e->times.min_ms));
        json_object_set_new(row, "max", page_time(e->times.max_ms));
    }
    json_object_set_new(row, "percentiles", percentiles_of(e));
    json_object_set_new(row, "spread", spread_of(e, shares));
    json_object_set_new(row, "phases", phases_of(e->phases));
    return row;
}

static void add_entries(json_t *data, const struct result *r)
{
    const struct stats *s = r->stats;
    double shares[SHARES];
    size_t n, n_shares = shares_of((make_shares(shares), shares), s->total->times.count);
    struct entry **sorted = stats_sorted(s, &n);
    json_t *rows = json_array(), *labels = json_array(), *shown = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(rows, entry_row(s, sorted[i], shares));
    json_object_set_new(data, "series", page_series(r, sorted, n));
    free(sorted);
    for (size_t i = 0; i < VIEW_PERCENTILES; i++)
        json_array_append_new(labels, json_string(view_percentile_labels[i]));
    for (size_t i = 0; i < n_shares; i++)
        json_array_append_new(shown, page_number(shares[i]));
    json_object_set_new(data, "total", entry_row(s, s->total, shares));
    json_object_set_new(data, "entries", rows);
    json_object_set_new(data, "percentiles", labels);
    json_object_set_new(data, "shares", shown);
}

/* Samples that stand together as one. */
static struct history_sample merged(const struct history_sample *samples, size_t n)
{
    struct history_sample all = samples[n - 1];

    all.rate = all.failure_rate = 0;
    for (size_t i = 0; i < n; i++) {
        all.rate += samples[i].rate / (double)n;
        all.failure_rate += samples[i].failure_rate / (double)n;
        all.users = all.users > samples[i].users ? all.users : samples[i].users;
        all.p50_ms = fmax(all.p50_ms, samples[i].p50_ms);
        all.p95_ms = fmax(all.p95_ms, samples[i].p95_ms);
    }
    return all;
}

static json_t *time_or_null(double ms)
{
    return ms > 0 ? page_time(ms) : json_null();
}

static json_t *history_of(const struct result *r)
{
    static const char *const names[] = {"at", "users", "rate", "failures", "p50", "p95"};
    enum { COLUMNS = sizeof names / sizeof *names };
    const struct history *h = &r->stats->history;
    size_t step = (h->n + PAGE_SAMPLES - 1) / PAGE_SAMPLES;
    json_t *columns[COLUMNS], *all = json_object();

    for (size_t i = 0; i < COLUMNS; i++)
        json_object_set_new(all, names[i], columns[i] = json_array());
    for (size_t i = 0; i < h->n; i += step) {
        struct history_sample s = merged(h->samples + i, h->n - i < step ? h->n - i : step);
        json_t *values[COLUMNS] = {page_fixed(s.at_s - r->started_s, 1),
                                   json_integer((json_int_t)s.users),
                                   page_fixed(s.rate, 2),
                                   page_fixed(s.failure_rate, 2),
                                   time_or_null(s.p50_ms),
                                   time_or_null(s.p95_ms)};
        for (size_t k = 0; k < COLUMNS; k++)
            json_array_append_new(columns[k], values[k]);
    }
    json_object_set_new(all, "step", json_integer((json_int_t)step));
    return all;
}

static json_t *failures_of(const struct stats *s)
{
    json_t *rows = json_array();
    struct failure *f, *next;

    HASH_ITER (hh, s->failures.all, f, next) {
        json_t *row = json_object();
        json_object_set_new(row, "method", page_text(f->method));
        json_object_set_new(row, "name", page_text(f->name));
        json_object_set_new(row, "text", page_text(f->text));
        json_object_set_new(row, "count", json_integer((json_int_t)f->count));
        json_object_set_new(row, "first", page_fixed(f->first_s, 0));
        json_object_set_new(row, "last", page_fixed(f->last_s, 0));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *exceptions_of(const struct stats *s)
{
    json_t *rows = json_array();
    struct exception *x, *next;

    HASH_ITER (hh, s->exceptions.all, x, next) {
        json_t *row = json_object();
        json_object_set_new(row, "message", page_text(x->message));
        json_object_set_new(row, "traceback", page_text(x->traceback));
        json_object_set_new(row, "nodes", page_text(x->nodes));
        json_object_set_new(row, "count", json_integer((json_int_t)x->count));
        json_array_append_new(rows, row);
    }
    return rows;
}

static json_t *thresholds_of(const struct result *r)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < r->n_thresholds; i++) {
        const struct threshold_row *t = &r->thresholds[i];
        json_t *row = json_object();
        json_object_set_new(row, "text", page_text(t->text));
        json_object_set_new(row, "verdict", json_string(threshold_verdict_name(t->verdict)));
        json_object_set_new(row, "value", page_text(t->shown));
        json_object_set_new(row, "reason", page_text(t->reason));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* The texts of those that have one. */
static json_t *scripts_of(const struct result *r)
{
    json_t *rows = json_array();

    for (size_t i = 0; i < r->n_scripts; i++) {
        if (r->scripts[i].text == NULL)
            continue;
        json_t *row = json_object();
        json_object_set_new(row, "path", page_text(r->scripts[i].path));
        json_object_set_new(row, "text", page_text(r->scripts[i].text));
        json_array_append_new(rows, row);
    }
    return rows;
}

json_t *page_data(const struct result *r)
{
    json_t *data = json_object();

    json_object_set_new(data, "format", json_integer(1));
    page_facts_add(data, r);
    add_entries(data, r);
    json_object_set_new(data, "history", history_of(r));
    json_object_set_new(data, "thresholds", thresholds_of(r));
    json_object_set_new(data, "failures", failures_of(r->stats));
    json_object_set_new(data, "exceptions", exceptions_of(r->stats));
    page_metrics_add(data, r->stats);
    json_object_set_new(data, "scripts", scripts_of(r));
    if (r->task_ratio != NULL)
        json_object_set(data, "tasks", r->task_ratio);
    return data;
}
