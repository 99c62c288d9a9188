/* page_series -- see page_series.h. */
// SPDX-License-Identifier: MIT
#include "report/page_series.h"

#include "report/page_json.h"
#include "report/view.h"
#include "stats/slots.h"

/* Slots that stand together as one piece. */
struct piece {
    const struct slots *slots;
    size_t from, to; /* the slots from..to-1 */
};

static double seconds_of(const struct piece *p)
{
    return p->slots->all[p->to - 1].to_s - p->slots->all[p->from].from_s;
}

/* What was counted in a piece, of one entry or of all. */
struct counted {
    uint64_t requests, failures;
    struct histogram times;
};

static void add_row(struct counted *c, const struct slots *s, const struct slot_row *row)
{
    c->requests += row->requests;
    c->failures += row->failures;
    slots_row_times(s, row, &c->times);
}

static void count_piece(struct counted *c, const struct piece *p, const struct entry *e)
{
    for (size_t i = p->from; i < p->to; i++) {
        const struct slot *slot = &p->slots->all[i];
        const struct slot_row *row = e != NULL ? slots_find(p->slots, slot, e) : NULL;
        if (row != NULL)
            add_row(c, p->slots, row);
        for (size_t k = 0; e == NULL && k < slot->n; k++) {
            if (!p->slots->entries[slot->rows[k].entry]->is_transaction)
                add_row(c, p->slots, &slot->rows[k]);
        }
    }
}

enum { SHARES = 3, COLUMNS = 2 + SHARES };
static const char *const names[COLUMNS] = {"rate", "failures", "p50", "p95", "p99"};
static const double shares[SHARES] = {0.50, 0.95, 0.99};

static void add_point(json_t *columns[COLUMNS], const struct piece *p, const struct entry *e)
{
    struct counted c = {.requests = 0};
    double seconds = seconds_of(p), values[SHARES];

    count_piece(&c, p, e);
    json_array_append_new(columns[0], page_fixed((double)c.requests / seconds, 2));
    json_array_append_new(columns[1], page_fixed((double)c.failures / seconds, 2));
    view_percentile_values_at(&c.times, shares, SHARES, values);
    for (size_t i = 0; i < SHARES; i++)
        json_array_append_new(columns[2 + i],
                              c.times.count > 0 ? page_time(values[i]) : json_null());
    histogram_release(&c.times);
}

/* Of one entry; of all requests where it is NULL. */
static json_t *row_of(const struct slots *s, size_t step, const struct entry *e)
{
    json_t *row = json_object(), *columns[COLUMNS];

    for (size_t i = 0; i < COLUMNS; i++)
        json_object_set_new(row, names[i], columns[i] = json_array());
    for (size_t i = 0; i < s->n; i += step) {
        struct piece p = {s, i, i + step < s->n ? i + step : s->n};
        add_point(columns, &p, e);
    }
    return row;
}

json_t *page_series(const struct result *r, struct entry *const *entries, size_t n)
{
    const struct slots *s = r->stats->slots;

    if (s == NULL || s->n == 0)
        return json_null();
    size_t most = PAGE_SERIES_POINTS / (n + 1);
    most = most > PAGE_SERIES_LEAST ? most : PAGE_SERIES_LEAST;
    size_t step = (s->n + most - 1) / most;
    json_t *series = json_object(), *at = json_array(), *rows = json_array();
    for (size_t i = 0; i < s->n; i += step) {
        const struct slot *last = &s->all[i + step < s->n ? i + step - 1 : s->n - 1];
        json_array_append_new(at, page_fixed(s->start_s + last->to_s - r->started_s, 1));
    }
    json_array_append_new(rows, row_of(s, step, NULL));
    for (size_t i = 0; i < n; i++)
        json_array_append_new(rows, row_of(s, step, entries[i]));
    json_object_set_new(series, "seconds", json_integer((json_int_t)(step * s->seconds)));
    json_object_set_new(series, "at", at);
    json_object_set_new(series, "rows", rows);
    return series;
}
