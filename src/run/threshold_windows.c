/* threshold_windows -- see threshold_windows.h. */
// SPDX-License-Identifier: MIT
#include "run/threshold_windows.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "stats/pairs.h"

/* The times of a piece, in little room: a window of an hour has 3,600 of them. */
struct packed_times {
    char *pairs; /* NULL: none */
    double sum_ms;
};

struct piece {
    struct packed_times times, lag;
    uint64_t requests, failures, exceptions, checks, passes;
    struct metric *metric; /* a copy */
};

struct threshold_windows {
    const struct threshold *threshold;
    unsigned piece_s;
    struct piece *ring; /* the last of them, so many as a window has */
    size_t n_ring, n_pieces;
    double begin_s; /* of the test */
    bool has_begun;
    bool has_matched; /* in the last piece */
    bool has_lag;     /* pieces come with it */

    // All pieces of the ring together.
    struct histogram times, lag;
    uint64_t requests, failures, exceptions, checks, passes;
    struct metric *before; /* a copy: as it was when the first piece of the ring began */

    // The run's figures when the piece that goes on began.
    struct threshold_figures last;
    struct histogram last_times;

    // What became of the windows so far.
    uint64_t n, n_crossed, n_not_judged;
    double first_crossed_s, worst;
    double worst_unjudged; /* of those that were not judged */
    char *why;             /* why the first was not judged */
};

struct threshold_windows *threshold_windows_new(const struct threshold *t, unsigned piece_s)
{
    struct threshold_windows *w = xcalloc(1, sizeof *w);

    w->threshold = t;
    w->piece_s = piece_s;
    w->n_ring = t->window_s / piece_s;
    w->ring = xcalloc(w->n_ring, sizeof *w->ring);
    w->worst = w->worst_unjudged = NAN;
    return w;
}

static void release_piece(struct piece *p)
{
    free(p->times.pairs);
    free(p->lag.pairs);
    metric_free(p->metric);
    *p = (struct piece){.requests = 0};
}

static void clear(struct threshold_windows *w)
{
    for (size_t i = 0; i < w->n_ring; i++)
        release_piece(&w->ring[i]);
    histogram_clear(&w->times);
    histogram_clear(&w->lag);
    histogram_clear(&w->last_times);
    threshold_figures_release(&w->last);
    metric_free(w->before);
    w->before = NULL;
    free(w->why);
    w->why = NULL;
    w->n_pieces = 0;
    w->requests = w->failures = w->exceptions = w->checks = w->passes = 0;
    w->n = w->n_crossed = w->n_not_judged = 0;
    w->worst = w->worst_unjudged = NAN;
    w->has_begun = w->has_matched = false;
}

void threshold_windows_free(struct threshold_windows *w)
{
    if (w == NULL)
        return;
    clear(w);
    free(w->ring);
    free(w);
}

// --- pieces --------------------------------------------------------------------------------------

static struct packed_times pack(const struct histogram *h)
{
    struct buf text = BUF_INIT;

    if (h == NULL || h->count == 0)
        return (struct packed_times){.pairs = NULL};
    pairs_add_histogram(&text, h);
    return (struct packed_times){.pairs = buf_detach(&text), .sum_ms = h->sum_ms};
}

static void take_away(struct histogram *from, const struct packed_times *what)
{
    struct histogram h = {.count = 0};

    if (what->pairs == NULL)
        return;
    if (pairs_read_histogram(&h, str_of(what->pairs), NULL) < 0)
        BUG("times that were packed here can't be read");
    h.sum_ms = what->sum_ms;
    histogram_subtract(from, &h);
    histogram_release(&h);
}

/* The oldest piece makes room for the next. */
static struct piece *make_room(struct threshold_windows *w)
{
    struct piece *p = &w->ring[w->n_pieces % w->n_ring];

    if (w->n_pieces < w->n_ring)
        return p;
    take_away(&w->times, &p->times);
    take_away(&w->lag, &p->lag);
    w->requests -= p->requests;
    w->failures -= p->failures;
    w->exceptions -= p->exceptions;
    w->checks -= p->checks;
    w->passes -= p->passes;
    metric_free(w->before);
    w->before = p->metric;
    p->metric = NULL;
    release_piece(p);
    return p;
}

static void add_piece(struct threshold_windows *w, const struct threshold_piece *piece)
{
    struct piece *p = make_room(w);

    *p = (struct piece){
        .times = pack(piece->times),
        .lag = pack(piece->lag),
        .requests = piece->requests,
        .failures = piece->failures,
        .exceptions = piece->exceptions,
        .checks = piece->checks,
        .passes = piece->passes,
        .metric = piece->metric != NULL ? metric_copy(piece->metric) : NULL,
    };
    if (piece->times != NULL)
        histogram_merge(&w->times, piece->times);
    if (piece->lag != NULL)
        histogram_merge(&w->lag, piece->lag);
    w->requests += p->requests;
    w->failures += p->failures;
    w->exceptions += p->exceptions;
    w->checks += p->checks;
    w->passes += p->passes;
    w->n_pieces++;
}

// --- windows -------------------------------------------------------------------------------------

/* Whether a value is further on the wrong side than the worst so far. */
static bool is_worse(const struct threshold *t, double value, double worst)
{
    if (isnan(worst))
        return !isnan(value);
    switch (t->op) {
    case THRESHOLD_LESS:
    case THRESHOLD_AT_MOST:
        return value > worst;
    case THRESHOLD_GREATER:
    case THRESHOLD_AT_LEAST:
        return value < worst;
    case THRESHOLD_EQUAL:
        return fabs(value - t->limit) > fabs(worst - t->limit);
    case THRESHOLD_NOT_EQUAL:
        return fabs(value - t->limit) < fabs(worst - t->limit);
    }
    return false;
}

/* The values of the metric that came in the window. */
static struct metric *metric_of_window(const struct threshold_windows *w,
                                       const struct metric *by_now)
{
    struct metric *of = by_now != NULL ? metric_copy(by_now) : NULL;

    if (of != NULL && w->before != NULL)
        metric_subtract(of, w->before);
    return of;
}

static enum threshold_verdict judge_window(struct threshold_windows *w,
                                           const struct threshold_piece *last,
                                           const struct threshold_doubts *doubts)
{
    const struct threshold *t = w->threshold;
    struct threshold_doubts own = *doubts;
    struct metric *metric = metric_of_window(w, last->metric);
    struct buf reason = BUF_INIT;
    double value;
    struct threshold_figures f = {.is_part = true,
                                  .has_matched = last->has_matched,
                                  .times = &w->times,
                                  .requests = w->requests,
                                  .failures = w->failures,
                                  .exceptions = w->exceptions,
                                  .left_out = last->left_out,
                                  .checks = w->checks,
                                  .passes = w->passes,
                                  .seconds = t->window_s,
                                  .all_seconds = t->window_s,
                                  .metric = metric};

    if (w->has_lag)
        own.lag_ms = histogram_percentile(&w->lag, 0.99);
    enum threshold_verdict verdict = threshold_judge(t, &f, &own, &value, &reason);
    w->n++;
    if (verdict == THRESHOLD_CROSSED && w->n_crossed++ == 0)
        w->first_crossed_s = w->begin_s + (double)(w->n_pieces - w->n_ring) * w->piece_s;
    if (verdict == THRESHOLD_NOT_JUDGED && w->n_not_judged++ == 0)
        w->why = buf_detach(&reason);
    double *worst = verdict != THRESHOLD_NOT_JUDGED ? &w->worst : &w->worst_unjudged;
    if (is_worse(t, value, *worst))
        *worst = value;
    metric_free(metric);
    buf_release(&reason);
    return verdict;
}

enum threshold_verdict threshold_windows_add(struct threshold_windows *w,
                                             const struct threshold_piece *piece,
                                             const struct threshold_doubts *doubts)
{
    w->has_begun = true;
    w->has_matched = piece->has_matched;
    w->has_lag = w->has_lag || piece->lag != NULL;
    add_piece(w, piece);
    return w->n_pieces < w->n_ring ? THRESHOLD_NOT_JUDGED : judge_window(w, piece, doubts);
}

// --- a run that goes on --------------------------------------------------------------------------

/* The figures of now are what the next piece begins with. */
static void remember(struct threshold_windows *w, struct threshold_figures *now)
{
    if (now->times != NULL)
        histogram_copy(&w->last_times, now->times);
    else
        histogram_clear(&w->last_times);
    threshold_figures_release(&w->last);
    w->last = *now;
    // Only the counts are looked at.
    w->last.times = NULL;
    w->last.metric = NULL;
    histogram_release(&w->last.merged);
}

void threshold_windows_begin_at(struct threshold_windows *w, double at_s)
{
    w->begin_s = at_s;
    w->has_begun = true;
}

void threshold_windows_begin(struct threshold_windows *w, const struct stats *s, double at_s)
{
    struct threshold_figures now = {.times = NULL};

    clear(w);
    threshold_collect(&now, w->threshold, s);
    if (now.metric != NULL)
        w->before = metric_copy(now.metric);
    remember(w, &now);
    threshold_windows_begin_at(w, at_s);
}

enum threshold_verdict threshold_windows_next(struct threshold_windows *w, const struct stats *s,
                                              const struct histogram *lag,
                                              const struct threshold_doubts *doubts)
{
    struct threshold_figures now = {.times = NULL};
    struct histogram times = {.count = 0};

    threshold_collect(&now, w->threshold, s);
    if (threshold_is_of_times(w->threshold) && now.times != NULL) {
        histogram_copy(&times, now.times);
        histogram_subtract(&times, &w->last_times);
    }
    enum threshold_verdict verdict =
        threshold_windows_add(w,
                              &(struct threshold_piece){
                                  .has_matched = now.has_matched,
                                  .left_out = now.left_out,
                                  .times = &times,
                                  .lag = lag,
                                  .requests = now.requests - w->last.requests,
                                  .failures = now.failures - w->last.failures,
                                  .exceptions = now.exceptions - w->last.exceptions,
                                  .checks = now.checks - w->last.checks,
                                  .passes = now.passes - w->last.passes,
                                  .metric = now.metric,
                              },
                              doubts);
    histogram_release(&times);
    remember(w, &now);
    return verdict;
}

void threshold_windows_skip(struct threshold_windows *w, const struct threshold_doubts *doubts)
{
    struct metric *metric =
        w->n_pieces > 0 ? w->ring[(w->n_pieces - 1) % w->n_ring].metric : w->before;
    // The ring gives its own copy away when it is full.
    struct metric *copy = metric != NULL ? metric_copy(metric) : NULL;

    threshold_windows_add(
        w, &(struct threshold_piece){.has_matched = w->has_matched, .metric = copy}, doubts);
    metric_free(copy);
}

// --- all windows ---------------------------------------------------------------------------------

static void add_window(struct buf *out, const struct threshold_windows *w)
{
    buf_add_cstr(out, "from ");
    text_add_duration(out, w->first_crossed_s);
    buf_add_cstr(out, " to ");
    text_add_duration(out, w->first_crossed_s + w->threshold->window_s);
}

static void add_no_window(struct buf *out, const struct threshold_windows *w)
{
    buf_add_cstr(out, w->has_begun ? "no whole window of "
                                   : "not all users were there yet: no whole window of ");
    text_add_duration(out, w->threshold->window_s);
    if (w->has_begun)
        buf_add_cstr(out, " after all users were there");
}

enum threshold_verdict threshold_windows_judge(const struct threshold_windows *w,
                                               const struct threshold_doubts *doubts, double *value,
                                               struct buf *reason)
{
    *value = w->n > w->n_not_judged ? w->worst : w->worst_unjudged;
    if (threshold_is_in_doubt(doubts, reason))
        return THRESHOLD_NOT_JUDGED;
    if (w->n_crossed > 0) {
        buf_addf(reason, "in %" PRIu64 " of %" PRIu64 " windows, the first ", w->n_crossed, w->n);
        add_window(reason, w);
        return THRESHOLD_CROSSED;
    }
    if (w->n == 0)
        add_no_window(reason, w);
    else if (w->n_not_judged > 0)
        buf_addf(reason, "%" PRIu64 " of %" PRIu64 " windows can't be judged: %s", w->n_not_judged,
                 w->n, w->why);
    return w->n == 0 || w->n_not_judged > 0 ? THRESHOLD_NOT_JUDGED : THRESHOLD_PASSED;
}
