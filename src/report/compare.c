/* compare -- is a run slower than others were? */
// SPDX-License-Identifier: MIT
#include "report/compare.h"

#include "base/mem.h"
#include "report/compare_notes.h"
#include "report/compare_slots.h"
#include "stats/student.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONFIDENCE_TAIL 0.025 /* on each side of an interval */
#define FALSE_ALARMS 0.05     /* of all cells together */

const char *compare_verdict_name(enum compare_verdict verdict)
{
    static const char *const names[COMPARE_VERDICTS] = {"too little data", "no difference",
                                                        "better", "worse"};
    return names[verdict];
}

const char *compare_figure_name(enum compare_figure figure)
{
    static const char *const names[COMPARE_FIGURES] = {"requests/s", "p50", "p95", "p99",
                                                       "failures"};
    return names[figure];
}

enum compare_verdict comparison_verdict(const struct comparison *c)
{
    static const enum compare_verdict order[] = {COMPARE_WORSE, COMPARE_BETTER, COMPARE_ALIKE};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if (c->counts[order[i]] > 0)
            return order[i];
    }
    return COMPARE_TOO_LITTLE;
}

/* --- one cell ------------------------------------------------------------------------------ */

/* Several runs of a figure as one. */
struct pooled {
    size_t n;
    double at;             /* the mean */
    double within;         /* mean variance of a run by itself */
    double within_freedom; /* of the mean of the runs */
    double between;        /* variance of a run beyond that */
};

static struct pooled pool(const struct compare_estimate *runs, size_t n, double correlation,
                          double between)
{
    struct pooled p = {.between = 0};
    double squares = 0, satterthwaite = 0;
    for (size_t i = 0; i < n; i++) {
        if (!runs[i].is_enough)
            continue;
        double variance = compare_variance(&runs[i], correlation);
        double apart = runs[i].at - p.at;
        p.at += apart / (double)++p.n;
        squares += apart * (runs[i].at - p.at);
        p.within += variance;
        satterthwaite += variance * variance / compare_freedom(&runs[i], correlation);
    }
    if (p.n == 0)
        return p;
    p.within_freedom = satterthwaite > 0 ? p.within * p.within / satterthwaite : 1;
    p.within /= (double)p.n;
    if (p.n > 1)
        p.between = fmax(fmax(squares / (double)(p.n - 1) - p.within, between), 0);
    return p;
}

static double correlation_of(const struct compare_estimate *bases, size_t n_bases,
                             const struct compare_estimate *new_one)
{
    const struct compare_estimate **all = xcalloc(n_bases + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < n_bases; i++) {
        if (bases[i].is_enough)
            all[n++] = &bases[i];
    }
    all[n++] = new_one;
    double correlation = compare_correlation(all, n);
    free(all);
    return correlation;
}

/* Of those that are looked at, on the scale; where none has enough, of all that have one. */
static double mean_value(const struct compare_estimate *bases, size_t n, const struct pooled *p,
                         enum compare_figure figure)
{
    double sum = 0;
    size_t count = 0;
    if (p->n > 0)
        return figure == COMPARE_FAILURES ? p->at : exp(p->at);
    for (size_t i = 0; i < n; i++) {
        if (isnan(bases[i].value))
            continue;
        sum += bases[i].value;
        count++;
    }
    return count > 0 ? sum / (double)count : NAN;
}

/* From the scale of estimates to shares. */
static double as_change(double difference, enum compare_figure figure)
{
    return figure == COMPARE_FAILURES ? difference : expm1(difference);
}

/* What a difference must be beyond, on the scale. */
static void set_bounds(enum compare_figure figure, const struct compare_settings *settings,
                       double *down, double *up)
{
    if (figure == COMPARE_FAILURES) {
        *up = settings->failures_tolerance;
        *down = -*up;
    } else {
        *up = log1p(settings->tolerance);
        *down = log1p(-fmin(settings->tolerance, 0.999999));
    }
}

void compare_judge(struct compare_cell *cell, enum compare_figure figure,
                   const struct compare_estimate *bases, size_t n_bases,
                   const struct compare_estimate *new_one, double between,
                   const struct compare_settings *settings)
{
    double correlation = correlation_of(bases, n_bases, new_one), down, up;
    struct pooled p = pool(bases, n_bases, correlation, between);
    *cell = (struct compare_cell){
        .base = mean_value(bases, n_bases, &p, figure), .new = new_one->value, .p = 1};
    if (p.n == 0 || !new_one->is_enough)
        return;
    double n = (double)p.n, own = compare_variance(new_one, correlation);
    double runs = p.between * (1 + 1 / n), all = p.within / n + own + runs;
    double parts = p.within / n * (p.within / n) / p.within_freedom +
                   own * own / compare_freedom(new_one, correlation) +
                   (p.n > 1 ? runs * runs / (n - 1) : 0);
    double freedom = all * all / parts, error = sqrt(all);
    double difference = new_one->at - p.at;
    double reach = error * student_quantile(CONFIDENCE_TAIL, freedom);
    set_bounds(figure, settings, &down, &up);
    cell->has_interval = true;
    cell->change = as_change(difference, figure);
    cell->low = as_change(difference - reach, figure);
    cell->high = as_change(difference + reach, figure);
    cell->p = fmin(student_tail((difference - up) / error, freedom),
                   student_tail((down - difference) / error, freedom));
}

/* --- all cells together -------------------------------------------------------------------- */

static int compare_p(const void *a, const void *b)
{
    const struct compare_cell *const *x = a, *const *y = b;
    return ((*x)->p > (*y)->p) - ((*x)->p < (*y)->p);
}

/* Holm's: the smallest stands against all, the next against one less. Each cell is looked at on two
 * sides, of which one can be at fault. */
static void correct(struct compare_cell **cells, size_t n)
{
    double most = 0;
    qsort(cells, n, sizeof *cells, compare_p);
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fmin(cells[i]->p * (double)(2 * n - i), 1));
        cells[i]->p = most;
    }
}

static enum compare_verdict verdict_of(const struct compare_cell *cell, enum compare_figure figure,
                                       const struct compare_settings *settings)
{
    double alike = figure == COMPARE_FAILURES
                       ? fmax(settings->failures_tolerance, COMPARE_FAILURES_ALIKE)
                       : settings->tolerance;
    if (!cell->has_interval)
        return COMPARE_TOO_LITTLE;
    if (cell->p < FALSE_ALARMS)
        return (cell->change > 0) == (figure == COMPARE_RATE) ? COMPARE_BETTER : COMPARE_WORSE;
    return cell->low >= -alike && cell->high <= alike ? COMPARE_ALIKE : COMPARE_TOO_LITTLE;
}

void compare_decide(struct comparison *c)
{
    struct compare_cell **cells = xcalloc(c->n * COMPARE_FIGURES + 1, sizeof *cells);
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        for (int f = 0; f < COMPARE_FIGURES; f++) {
            if (c->rows[i].cells[f].has_interval)
                cells[n++] = &c->rows[i].cells[f];
        }
    }
    correct(cells, n);
    free(cells);
    memset(c->counts, 0, sizeof c->counts);
    for (size_t i = 0; i < c->n; i++) {
        if (!c->rows[i].is_in_base || !c->rows[i].is_in_new)
            continue;
        for (int f = 0; f < COMPARE_FIGURES; f++) {
            struct compare_cell *cell = &c->rows[i].cells[f];
            cell->verdict = verdict_of(cell, f, &c->settings);
            c->counts[cell->verdict]++;
        }
    }
}

/* --- results ------------------------------------------------------------------------------- */

/* All that the runs say: of each row the bases, then the new one. */
struct estimates {
    struct compare_estimate (*of)[COMPARE_FIGURES];
    size_t runs;
};

static struct compare_estimate *estimate_of(const struct estimates *all, size_t row, size_t run,
                                            enum compare_figure figure)
{
    return &all->of[row * all->runs + run][figure];
}

/* The draws of a name are its own, whatever other names there are (FNV-1a). */
static uint64_t stream_of(const struct compare_row *row, size_t run)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *c = row->method; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;
    for (const char *c = row->name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3;
    return (hash ^ run) * 0x100000001b3;
}

static void estimate_all(struct comparison *c, const struct result *const *runs,
                         struct estimates *all)
{
    all->of = xcalloc(c->n * all->runs + 1, sizeof *all->of);
    for (size_t run = 0; run < all->runs; run++) {
        struct compare_slots slots;
        compare_slots_choose(&slots, runs[run]->stats);
        for (size_t i = 0; i < c->n; i++) {
            struct compare_row *row = &c->rows[i];
            struct compare_sample sample;
            bool is_there = compare_slots_sample(&slots, row->method, row->name, &sample);
            bool *is_in = run + 1 < all->runs ? &row->is_in_base : &row->is_in_new;
            *is_in = *is_in || is_there;
            compare_estimate(&sample, c->settings.seed, stream_of(row, run),
                             all->of[i * all->runs + run]);
            compare_sample_release(&sample);
        }
    }
}

/* The variance between runs that all names together show; those that are known best count most. */
static double common_between(const struct comparison *c, const struct estimates *all,
                             enum compare_figure figure)
{
    double sum = 0, weights = 0;
    size_t n_bases = all->runs - 1;
    if (n_bases < 2 || figure == COMPARE_FAILURES)
        return 0;
    for (size_t i = 0; i < c->n; i++) {
        double mean = 0, squares = 0, within = 0;
        size_t n = 0;
        for (size_t run = 0; run < n_bases; run++) {
            const struct compare_estimate *e = estimate_of(all, i, run, figure);
            if (!e->is_enough)
                continue;
            double apart = e->at - mean;
            mean += apart / (double)++n;
            squares += apart * (e->at - mean);
            within += e->variance;
        }
        if (n < 2)
            continue;
        within /= (double)n;
        sum += (squares / (double)(n - 1) - within) / (within * within);
        weights += 1 / (within * within);
    }
    return weights > 0 ? fmax(sum / weights, 0) : 0;
}

static void judge_all(struct comparison *c, const struct estimates *all)
{
    size_t n_bases = all->runs - 1;
    struct compare_estimate *bases = xcalloc(n_bases, sizeof *bases);
    for (int f = 0; f < COMPARE_FIGURES; f++) {
        double between = common_between(c, all, f);
        for (size_t i = 0; i < c->n; i++) {
            for (size_t run = 0; run < n_bases; run++)
                bases[run] = *estimate_of(all, i, run, f);
            compare_judge(&c->rows[i].cells[f], f, bases, n_bases, estimate_of(all, i, n_bases, f),
                          between, &c->settings);
        }
    }
    free(bases);
}

static int compare_names(const void *a, const void *b)
{
    const struct compare_row *x = a, *y = b;
    int by_name = strcmp(x->name, y->name);
    return by_name != 0 ? by_name : strcmp(x->method, y->method);
}

/* Each name of any of the runs, once; the total behind them, where there are several. */
static void add_rows(struct comparison *c, const struct result *const *runs, size_t n)
{
    size_t most = 1, count = 0;
    for (size_t i = 0; i < n; i++)
        most += runs[i]->stats->n_entries;
    c->rows = xcalloc(most, sizeof *c->rows);
    for (size_t i = 0; i < n; i++) {
        struct entry *e, *next;
        HASH_ITER (hh, runs[i]->stats->entries, e, next)
            c->rows[count++] = (struct compare_row){.method = e->method, .name = e->name};
    }
    qsort(c->rows, count, sizeof *c->rows, compare_names);
    for (size_t i = 0; i < count; i++) {
        if (c->n == 0 || compare_names(&c->rows[i], &c->rows[c->n - 1]) != 0)
            c->rows[c->n++] = c->rows[i];
    }
    if (c->n != 1) // else it would say the same again
        c->rows[c->n++] = (struct compare_row){.method = "", .name = ""};
}

struct comparison *compare_results(const struct result *const *bases, size_t n_bases,
                                   const struct result *new_one,
                                   const struct compare_settings *settings)
{
    struct comparison *c = xcalloc(1, sizeof *c);
    const struct result **runs = xcalloc(n_bases + 1, sizeof *runs);
    struct estimates all = {.runs = n_bases + 1};
    memcpy(runs, bases, n_bases * sizeof *runs);
    runs[n_bases] = new_one;
    c->settings = *settings;
    c->n_bases = n_bases;
    add_rows(c, runs, all.runs);
    estimate_all(c, runs, &all);
    judge_all(c, &all);
    compare_decide(c);
    compare_add_notes(c, runs, all.runs);
    free(all.of);
    free(runs);
    return c;
}

void comparison_free(struct comparison *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->n_notes; i++)
        free(c->notes[i]);
    free(c->notes);
    free(c->rows);
    free(c);
}
