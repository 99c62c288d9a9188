/* thresholds -- see thresholds.h. */
// SPDX-License-Identifier: MIT
#include "run/thresholds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "run/threshold_slots.h"
#include "run/threshold_windows.h"

#define LOG "katydid.thresholds"
#define SHAPE_S 10   /* with a shape, windows begin so many seconds after the test did */
#define CLOSE_S 0.05 /* so near to a second is that second */
#define LATE_S 0.1   /* and so far behind its begin it may be counted as whole */

/* A threshold, and what was seen of it while the run went on. */
struct item {
    struct threshold threshold;
    struct threshold_windows *windows; /* NULL: it is over the whole run, or nobody watches */
    bool has_ended;                    /* it was crossed, and ended the run: */
    double ended_value, ended_at_s;
};

struct thresholds {
    struct item *items;
    size_t n, capacity;
    struct thresholds_watch watch;

    // Of those that have windows.
    bool has_begun;       /* all users are there */
    bool has_pieces;      /* a piece goes on */
    uint64_t second;      /* of the run, at which it began */
    struct histogram lag; /* the loop's until then */
};

struct thresholds *thresholds_new(void)
{
    return xcalloc(1, sizeof(struct thresholds));
}

void thresholds_free(struct thresholds *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->n; i++) {
        threshold_windows_free(all->items[i].windows);
        threshold_release(&all->items[i].threshold);
    }
    histogram_release(&all->lag);
    free(all->items);
    free(all);
}

int thresholds_add(struct thresholds *all, struct str text, struct err *err)
{
    struct threshold t;

    if (threshold_parse(&t, text, err) < 0)
        return -1;
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->items[i].threshold.text, t.text) == 0) {
            threshold_release(&t);
            return 0;
        }
    }
    if (all->n == all->capacity) {
        all->capacity = all->capacity > 0 ? 2 * all->capacity : 8;
        all->items = xreallocarray(all->items, all->capacity, sizeof *all->items);
    }
    all->items[all->n++] = (struct item){.threshold = t};
    return 0;
}

size_t thresholds_count(const struct thresholds *all)
{
    return all->n;
}

bool thresholds_have_exceptions(const struct thresholds *all)
{
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].threshold.metric == THRESHOLD_EXCEPTIONS)
            return true;
    }
    return false;
}

int thresholds_check_metrics(const struct thresholds *all, const struct metrics *m, struct err *err)
{
    for (size_t i = 0; i < all->n; i++) {
        if (threshold_check_metric(&all->items[i].threshold, m, err) < 0)
            return -1;
    }
    return 0;
}

// --- while the run goes on -----------------------------------------------------------------------

/* What keeps thresholds from being judged by now. */
static struct threshold_doubts doubts_of(const struct thresholds *all)
{
    const struct thresholds_watch *w = &all->watch;

    return (struct threshold_doubts){
        .lag_ms = w->allow_saturated ? 0 : usage_lag_ms(w->usage),
        .allow_saturated = w->allow_saturated,
        .no_descriptors = w->usage->no_descriptors,
        .no_ports = w->usage->no_ports,
    };
}

/* Until the run is over a count may grow into its limit: `failures == 5` is crossed by the sixth. */
static bool is_final(const struct threshold *t, double value)
{
    bool grows = t->metric == THRESHOLD_REQUESTS || t->metric == THRESHOLD_FAILURES ||
                 t->metric == THRESHOLD_EXCEPTIONS;

    return !grows || t->op != THRESHOLD_EQUAL || value > t->limit;
}

static void end_run(struct thresholds *all, struct item *item, double value)
{
    struct buf text = BUF_INIT;
    struct runner *runner = all->watch.runner;

    item->has_ended = true;
    item->ended_value = value;
    item->ended_at_s = runner_run_time_s(runner);
    buf_add_cstr(&text, "The threshold '");
    text_add_visible(&text, str_of(item->threshold.text), false);
    buf_add_cstr(&text, "' was crossed (");
    threshold_add_value(&text, &item->threshold, value);
    buf_add_cstr(&text, "), shutting down");
    log_warning(LOG, "%s", buf_cstr(&text));
    buf_release(&text);
    runner_stop(runner, RUN_END_THRESHOLD, STR_EMPTY);
}

static bool looks(struct thresholds *all, struct item *item, const struct threshold_doubts *doubts)
{
    struct threshold_figures figures = {.times = NULL};
    double value;

    threshold_collect(&figures, &item->threshold, all->watch.stats);
    bool is_crossed =
        threshold_judge(&item->threshold, &figures, doubts, &value, NULL) == THRESHOLD_CROSSED &&
        is_final(&item->threshold, value);
    threshold_figures_release(&figures);
    if (is_crossed)
        end_run(all, item, value);
    return is_crossed;
}

/* Those over the whole run that abort. */
static void look(struct thresholds *all)
{
    struct threshold_doubts doubts = doubts_of(all);

    for (size_t i = 0; i < all->n && runner_why(all->watch.runner) == RUN_END_NONE; i++) {
        if (all->items[i].threshold.aborts && all->items[i].windows == NULL)
            looks(all, &all->items[i], &doubts);
    }
}

// --- windows -------------------------------------------------------------------------------------

static uint64_t second_of(const struct thresholds *all)
{
    return (uint64_t)(runner_run_time_s(all->watch.runner) + CLOSE_S);
}

static void begin_pieces(struct thresholds *all)
{
    all->has_pieces = true;
    all->second = second_of(all);
    histogram_copy(&all->lag, &all->watch.usage->lag);
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].windows != NULL)
            threshold_windows_begin(all->items[i].windows, all->watch.stats, (double)all->second);
    }
}

/* With the next second, or with one that has just begun. */
static void begin_soon(struct thresholds *all)
{
    double now_s = runner_run_time_s(all->watch.runner);

    all->has_pieces = false;
    if (now_s - floor(now_s) < LATE_S)
        begin_pieces(all);
}

static void end_by_window(struct thresholds *all, struct item *item)
{
    struct buf reason = BUF_INIT;
    double value;

    threshold_windows_judge(item->windows, &(struct threshold_doubts){.lag_ms = 0}, &value,
                            &reason);
    buf_release(&reason);
    end_run(all, item, value);
}

/* So many seconds are over. What a blocked loop slept through was empty, and all came in the last. */
static void end_piece(struct thresholds *all, uint64_t second)
{
    struct threshold_doubts doubts = doubts_of(all);
    struct histogram lag = {.count = 0};

    histogram_copy(&lag, &all->watch.usage->lag);
    histogram_subtract(&lag, &all->lag);
    for (size_t i = 0; i < all->n; i++) {
        struct item *item = &all->items[i];
        if (item->windows == NULL)
            continue;
        for (uint64_t k = all->second + 1; k < second; k++)
            threshold_windows_skip(item->windows, &doubts);
        if (threshold_windows_next(item->windows, all->watch.stats, &lag, &doubts) ==
                THRESHOLD_CROSSED &&
            item->threshold.aborts && runner_why(all->watch.runner) == RUN_END_NONE)
            end_by_window(all, item);
    }
    histogram_release(&lag);
    histogram_copy(&all->lag, &all->watch.usage->lag);
    all->second = second;
}

/* A piece ends where a second of the run does; the first begins with one. */
static void see_second(struct thresholds *all)
{
    uint64_t second = second_of(all);

    if (all->has_pieces && second > all->second)
        end_piece(all, second);
    else if (!all->has_pieces && all->has_begun)
        begin_pieces(all);
}

// --- what the run tells --------------------------------------------------------------------------

static void on_second(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    if (runner_config(all->watch.runner)->has_shape &&
        runner_run_time_s(all->watch.runner) + CLOSE_S >= SHAPE_S)
        all->has_begun = true;
    see_second(all);
    look(all);
}

/* The last second may end with the test, and not be told. */
static void on_test_stopping(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    see_second(all);
    all->has_begun = all->has_pieces = false;
}

static void on_spawning_complete(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    if (all->has_begun || runner_config(all->watch.runner)->has_shape)
        return;
    all->has_begun = true;
    begin_soon(all);
}

/* What was measured is forgotten, and so are windows. */
static void on_stats_emptied(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    if (all->has_begun)
        begin_soon(all);
}

static void on_test_start(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    all->has_begun = all->has_pieces = false;
    for (size_t i = 0; i < all->n; i++) {
        struct item *item = &all->items[i];
        item->has_ended = false;
        if (item->windows == NULL)
            continue;
        threshold_windows_free(item->windows);
        item->windows = threshold_windows_new(&item->threshold, 1);
    }
}

void thresholds_watch(struct thresholds *all, const struct thresholds_watch *watch)
{
    bool has_any = false, has_windows = false;

    all->watch = *watch;
    for (size_t i = 0; i < all->n; i++) {
        struct item *item = &all->items[i];
        has_any = has_any || item->threshold.aborts || item->threshold.window_s > 0;
        if (item->threshold.window_s == 0)
            continue;
        has_windows = true;
        item->windows = threshold_windows_new(&item->threshold, 1);
    }
    if (!has_any)
        return;
    hooks_add(watch->hooks, HOOK_TEST_START, on_test_start, all);
    hooks_add(watch->hooks, HOOK_SECOND, on_second, all);
    if (!has_windows)
        return;
    hooks_add(watch->hooks, HOOK_SPAWNING_COMPLETE, on_spawning_complete, all);
    hooks_add(watch->hooks, HOOK_STATS_EMPTIED, on_stats_emptied, all);
    hooks_add(watch->hooks, HOOK_TEST_STOPPING, on_test_stopping, all);
}

// --- when it is over -----------------------------------------------------------------------------

/* What ended the run was crossed, whatever came while it ended. */
static struct threshold_row row_of_end(const struct item *item)
{
    struct threshold_row row = threshold_row_of(&item->threshold);
    struct buf reason = BUF_INIT;

    buf_add_cstr(&reason, "ended the run after ");
    text_add_duration(&reason, item->ended_at_s);
    threshold_row_fill(&row, &item->threshold, THRESHOLD_CROSSED, item->ended_value, &reason);
    buf_release(&reason);
    return row;
}

static struct threshold_row row_of_windows(const struct item *item,
                                           const struct threshold_doubts *doubts)
{
    struct threshold_row row = threshold_row_of(&item->threshold);
    struct buf reason = BUF_INIT;
    double value;
    enum threshold_verdict verdict =
        threshold_windows_judge(item->windows, doubts, &value, &reason);

    if (item->has_ended)
        buf_add_cstr(&reason, "; ended the run");
    threshold_row_fill(&row, &item->threshold, verdict, value, &reason);
    buf_release(&reason);
    return row;
}

static struct threshold_row row_of(const struct item *item, const struct stats *s,
                                   const struct threshold_doubts *doubts, bool watched)
{
    if (watched && item->windows != NULL)
        return row_of_windows(item, doubts);
    if (watched && item->has_ended)
        return row_of_end(item);
    if (item->threshold.window_s > 0)
        return threshold_slots_judge(&item->threshold, s, doubts);
    return threshold_row_judge(&item->threshold, s, doubts);
}

struct threshold_row *thresholds_judge(const struct thresholds *all, const struct stats *s,
                                       const struct threshold_doubts *doubts, bool watched)
{
    struct threshold_row *rows = xcalloc(all->n + 1, sizeof *rows);

    for (size_t i = 0; i < all->n; i++)
        rows[i] = row_of(&all->items[i], s, doubts, watched);
    return rows;
}
