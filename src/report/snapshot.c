/* snapshot -- the figures of a run at one moment. */
// SPDX-License-Identifier: MIT
#include "report/snapshot.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

const struct snapshot_bound snapshot_bounds[SNAPSHOT_BOUNDS] = {
    {0.25, "0.00025"}, {0.5, "0.0005"}, {1, "0.001"},  {2.5, "0.0025"}, {5, "0.005"},
    {10, "0.01"},      {25, "0.025"},   {50, "0.05"},  {100, "0.1"},    {250, "0.25"},
    {500, "0.5"},      {1000, "1.0"},   {2500, "2.5"}, {5000, "5.0"},   {10000, "10.0"},
    {30000, "30.0"},   {60000, "60.0"},
};

const double snapshot_lag_shares[SNAPSHOT_LAG_SHARES] = {0.5, 0.9, 0.99};

#define TEXT_BLOCK ((size_t)16 << 10)

/* Texts never move, so that rows can point to them while more are added. */
struct snapshot_text {
    struct snapshot_text *next;
    size_t n, room;
    char bytes[];
};

static const char *keep(struct snapshot *s, const char *text)
{
    size_t n = strlen(text) + 1;
    struct snapshot_text *block = s->texts;

    if (block == NULL || block->room - block->n < n) {
        size_t room = n > TEXT_BLOCK ? n : TEXT_BLOCK;
        block = xmalloc(sizeof *block + room);
        *block = (struct snapshot_text){.next = s->texts, .room = room};
        s->texts = block;
    }
    char *copy = block->bytes + block->n;
    memcpy(copy, text, n);
    block->n += n;
    return copy;
}

static struct snapshot *snapshot_new(void)
{
    struct snapshot *s = xcalloc(1, sizeof *s);

    atomic_init(&s->holders, 1);
    return s;
}

struct snapshot *snapshot_hold(struct snapshot *s)
{
    atomic_fetch_add(&s->holders, 1);
    return s;
}

void snapshot_release(struct snapshot *s)
{
    if (s == NULL || atomic_fetch_sub(&s->holders, 1) > 1)
        return;
    while (s->texts != NULL) {
        struct snapshot_text *block = s->texts;

        s->texts = block->next;
        free(block);
    }
    free(s->rows);
    free(s->failures);
    free(s->metrics);
    free(s);
}

static void count_within(const struct histogram *times, uint64_t within[SNAPSHOT_BOUNDS])
{
    double bounds_ms[SNAPSHOT_BOUNDS];

    for (size_t i = 0; i < SNAPSHOT_BOUNDS; i++)
        bounds_ms[i] = snapshot_bounds[i].ms;
    histogram_counts_within(times, bounds_ms, SNAPSHOT_BOUNDS, within);
}

static void fill_row(struct snapshot *s, struct snapshot_row *row, const struct stats *stats,
                     const struct entry *e, double now_s)
{
    *row = (struct snapshot_row){
        .method = keep(s, e->method),
        .name = keep(s, view_name(e)),
        .requests = e->requests,
        .failures = e->failures,
        .bytes = e->content_length,
        .timed = e->times.count,
        .sum_ms = e->times.sum_ms,
        .rate = entry_current_rate(e, now_s),
        .failure_rate = entry_current_failure_rate(e, now_s),
        .run_rate = stats_total_rate(stats, e),
        .fail_ratio = entry_fail_ratio(e),
    };
    if (row->timed == 0)
        return;
    row->min_ms = e->times.min_ms;
    row->max_ms = e->times.max_ms;
    count_within(&e->times, row->within);
    view_percentile_values(&e->times, row->percentiles_ms);
}

/* How much room there should be for n things and one more. */
static size_t more_room(size_t n)
{
    return n > 0 ? 2 * n : 16;
}

static void add_row(struct snapshot_maker *m, double now_s)
{
    struct snapshot *s = m->snapshot;

    if (s->n_rows == s->room_for_rows) {
        s->room_for_rows = more_room(s->n_rows);
        s->rows = xreallocarray(s->rows, s->room_for_rows, sizeof s->rows[0]);
    }
    fill_row(s, &s->rows[s->n_rows++], m->stats, m->entry, now_s);
    m->entry = m->entry->hh.next;
}

static void add_failure(struct snapshot_maker *m)
{
    struct snapshot *s = m->snapshot;

    if (s->n_failures == s->room_for_failures) {
        s->room_for_failures = more_room(s->n_failures);
        s->failures = xreallocarray(s->failures, s->room_for_failures, sizeof s->failures[0]);
    }
    s->failures[s->n_failures++] = (struct snapshot_failure){.method = keep(s, m->failure->method),
                                                             .name = keep(s, m->failure->name),
                                                             .text = keep(s, m->failure->text),
                                                             .count = m->failure->count};
    m->failure = m->failure->hh.next;
}

static void add_metric(struct snapshot_maker *m)
{
    struct snapshot *s = m->snapshot;
    const struct metric *of = m->metric;

    if (s->n_metrics == s->room_for_metrics) {
        s->room_for_metrics = more_room(s->n_metrics);
        s->metrics = xreallocarray(s->metrics, s->room_for_metrics, sizeof s->metrics[0]);
    }
    struct snapshot_metric *row = &s->metrics[s->n_metrics++];
    *row = (struct snapshot_metric){.kind = of->kind,
                                    .name = keep(s, of->name),
                                    .count = of->count,
                                    .passes = of->passes,
                                    .sum = of->sum,
                                    .last = of->last};
    m->metric = of->hh.next;
    if (of->count == 0)
        return;
    row->min = of->min;
    row->max = of->max;
    for (size_t i = 0; of->kind == METRIC_TREND && i < VIEW_PERCENTILES; i++)
        row->percentiles[i] = view_value(metric_percentile(of, view_percentiles[i]));
}

static struct snapshot *end(struct snapshot_maker *m, double now_s)
{
    struct snapshot *s = m->snapshot;

    fill_row(s, &s->total, m->stats, m->stats->total, now_s);
    s->start_s = m->stats->total->start_s;
    s->at_s = now_s;
    s->exceptions = m->stats->exceptions.total;
    s->in_flight_at_end = m->stats->in_flight_at_end;
    m->snapshot = NULL;
    return s;
}

void snapshot_begin(struct snapshot_maker *m, const struct stats *s)
{
    snapshot_cancel(m);
    *m = (struct snapshot_maker){.stats = s,
                                 .snapshot = snapshot_new(),
                                 .entry = s->entries,
                                 .failure = s->failures.all,
                                 .metric = s->metrics.all,
                                 .generation = s->emptied};
}

struct snapshot *snapshot_step(struct snapshot_maker *m, double now_s)
{
    if (m->generation != m->stats->emptied)
        snapshot_begin(m, m->stats);
    // What came first since it began: until then there was none to begin with.
    if (m->entry == NULL && m->snapshot->n_rows == 0)
        m->entry = m->stats->entries;
    if (m->entry != NULL)
        add_row(m, now_s);
    else if (m->failure != NULL)
        add_failure(m);
    else if (m->metric != NULL)
        add_metric(m);
    else
        return end(m, now_s);
    return NULL;
}

void snapshot_cancel(struct snapshot_maker *m)
{
    snapshot_release(m->snapshot);
    m->snapshot = NULL;
}

bool snapshot_is_being_made(const struct snapshot_maker *m)
{
    return m->snapshot != NULL;
}

struct snapshot *snapshot_take(const struct stats *s, double now_s)
{
    struct snapshot_maker m = {0};
    struct snapshot *whole;

    snapshot_begin(&m, s);
    while ((whole = snapshot_step(&m, now_s)) == NULL)
        ;
    return whole;
}
