/* threshold_figures -- see threshold_figures.h. */
// SPDX-License-Identifier: MIT
#include "run/threshold_figures.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

// --- names ---------------------------------------------------------------------------------------

bool threshold_matches(struct str pattern, struct str text)
{
    size_t p = 0, i = 0, star = SIZE_MAX, from = 0;

    while (i < text.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            star = p++;
            from = i;
        } else if (p < pattern.n && pattern.p[p] == text.p[i]) {
            p++;
            i++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*')
        p++;
    return p == pattern.n;
}

bool threshold_is_of(const struct threshold *t, const struct entry *e)
{
    struct str pattern = str_of(t->entry);

    if (threshold_matches(pattern, str_of(e->name)))
        return true;
    char *text = xasprintf("%s %s", e->method, e->name);
    bool is_of = threshold_matches(pattern, str_of(text));
    free(text);
    return is_of;
}

// --- figures -------------------------------------------------------------------------------------

static void add_entry(struct threshold_figures *f, const struct entry *e)
{
    if (!f->has_matched) {
        f->times = &e->times;
    } else {
        if (f->times != &f->merged)
            histogram_copy(&f->merged, f->times);
        histogram_merge(&f->merged, &e->times);
        f->times = &f->merged;
    }
    f->has_matched = true;
    f->requests += e->requests;
    f->failures += e->failures;
}

static void add_entries(struct threshold_figures *f, const struct threshold *t,
                        const struct stats *s, bool of_transactions)
{
    struct entry *e, *next;

    HASH_ITER (hh, s->entries, e, next) {
        if (e->is_transaction == of_transactions && threshold_is_of(t, e))
            add_entry(f, e);
    }
}

static uint64_t count_exceptions(const struct stats *s)
{
    uint64_t n = 0;
    struct exception *x, *next;

    HASH_ITER (hh, s->exceptions.all, x, next)
        n += x->count;
    return n;
}

static void add_checks(struct threshold_figures *f, const struct threshold *t,
                       const struct metrics *m)
{
    struct metric *of, *next;

    if (t->entry == NULL) {
        metrics_checks(m, &f->checks, &f->passes);
        return;
    }
    HASH_ITER (hh, m->all, of, next) {
        if (of->kind == METRIC_CHECK && threshold_matches(str_of(t->entry), str_of(of->name))) {
            f->checks += of->count;
            f->passes += of->passes;
        }
    }
}

/* A pattern may be of names that there was no room for. */
static uint64_t left_out(const struct threshold *t, const struct stats *s)
{
    bool is_pattern = strchr(t->entry, '*') != NULL;

    return is_pattern && !threshold_matches(str_of(t->entry), STR(STATS_OTHER_NAME))
               ? s->names_left_out
               : 0;
}

void threshold_collect(struct threshold_figures *f, const struct threshold *t,
                       const struct stats *s)
{
    threshold_figures_release(f);
    f->seconds = fmax(s->total->last_s - s->total->start_s, 0);
    f->all_seconds = stats_seconds(s);
    f->exceptions = count_exceptions(s);
    if (t->metric == THRESHOLD_CHECK_RATIO) {
        add_checks(f, t, &s->metrics);
        return;
    }
    if (t->metric == THRESHOLD_CUSTOM) {
        f->metric = metrics_find(&s->metrics, str_of(t->metric_name));
        return;
    }
    if (t->entry == NULL) {
        add_entry(f, s->total);
        return;
    }
    add_entries(f, t, s, false);
    f->left_out = left_out(t, s);
    if (!f->has_matched)
        add_entries(f, t, s, true);
    if (!f->has_matched && threshold_is_of_times(t)) {
        f->metric = metrics_find(&s->metrics, str_of(t->entry));
        if (f->metric != NULL && f->metric->kind != METRIC_TREND)
            f->metric = NULL;
    }
}

void threshold_figures_release(struct threshold_figures *f)
{
    histogram_release(&f->merged);
    *f = (struct threshold_figures){.times = NULL};
}
