/* thresholds -- see thresholds.h. */
// SPDX-License-Identifier: MIT
#include "run/thresholds.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"

#define LOG "katydid.thresholds"

/* A threshold, and what was seen of it while the run went on. */
struct item {
    struct threshold threshold;
    bool has_ended; /* it was crossed, and ended the run: */
    double ended_value, ended_at_s;
};

struct thresholds {
    struct item *items;
    size_t n, capacity;
    struct thresholds_watch watch;
};

struct thresholds *thresholds_new(void)
{
    return xcalloc(1, sizeof(struct thresholds));
}

void thresholds_free(struct thresholds *all)
{
    if (all == NULL)
        return;
    for (size_t i = 0; i < all->n; i++)
        threshold_release(&all->items[i].threshold);
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

static void on_second(void *self, const struct hook *what)
{
    struct thresholds *all = self;
    struct threshold_doubts doubts = doubts_of(all);

    (void)what;
    if (runner_why(all->watch.runner) != RUN_END_NONE)
        return;
    for (size_t i = 0; i < all->n; i++) {
        if (all->items[i].threshold.aborts && looks(all, &all->items[i], &doubts))
            return;
    }
}

static void on_test_start(void *self, const struct hook *what)
{
    struct thresholds *all = self;

    (void)what;
    for (size_t i = 0; i < all->n; i++)
        all->items[i].has_ended = false;
}

void thresholds_watch(struct thresholds *all, const struct thresholds_watch *watch)
{
    bool has_any = false;

    all->watch = *watch;
    for (size_t i = 0; i < all->n; i++)
        has_any = has_any || all->items[i].threshold.aborts;
    if (!has_any)
        return;
    hooks_add(watch->hooks, HOOK_TEST_START, on_test_start, all);
    hooks_add(watch->hooks, HOOK_SECOND, on_second, all);
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

struct threshold_row *thresholds_judge(const struct thresholds *all, const struct stats *s,
                                       const struct threshold_doubts *doubts, bool watched)
{
    struct threshold_row *rows = xcalloc(all->n + 1, sizeof *rows);

    for (size_t i = 0; i < all->n; i++) {
        const struct item *item = &all->items[i];
        rows[i] = watched && item->has_ended ? row_of_end(item)
                                             : threshold_row_judge(&item->threshold, s, doubts);
    }
    return rows;
}
