/* compare_sample -- what one run says of one name, and how sure it is of that. */
// SPDX-License-Identifier: MIT
#include "report/compare_sample.h"

#include "base/mem.h"
#include "base/rng.h"

#include <math.h>
#include <stdlib.h>

#define DRAWS 500
#define BEYOND_LEAST 5    /* samples above a percentile */
#define REQUESTS_LEAST 10 /* for a rate, and for a share */
#define CORRELATION_MOST 0.8
#define SLOT_WIDTH 0.0005 /* a slot of the histogram, as a logarithm: no time is known better */

static const double shares[COMPARE_FIGURES] = {
    [COMPARE_P50] = 0.50, [COMPARE_P95] = 0.95, [COMPARE_P99] = 0.99};

static bool is_time(enum compare_figure figure)
{
    return shares[figure] > 0;
}

void compare_sample_release(struct compare_sample *s)
{
    for (size_t i = 0; i < s->n; i++)
        histogram_release(&s->batches[i].times);
    s->n = 0;
}

/* The times of all batches: for each slot that isn't empty, how many came up to it, batch by batch. */
struct ranks {
    size_t n; /* slots */
    size_t *slots;
    double *up_to; /* n times `batches` */
    size_t batches;
    double counts[COMPARE_BATCHES];
};

static void ranks_init(struct ranks *r, const struct compare_sample *s)
{
    struct histogram all;
    uint64_t count;
    *r = (struct ranks){.batches = s->n};
    histogram_init(&all);
    for (size_t j = 0; j < s->n; j++)
        histogram_merge(&all, &s->batches[j].times);
    for (size_t slot = histogram_next(&all, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(&all, slot + 1, &count))
        r->n++;
    r->slots = xcalloc(r->n + 1, sizeof *r->slots);
    r->up_to = xcalloc((r->n + 1) * (s->n + 1), sizeof *r->up_to);
    size_t i = 0;
    for (size_t slot = histogram_next(&all, 0, &count); slot < HISTOGRAM_SLOTS;
         slot = histogram_next(&all, slot + 1, &count), i++) {
        r->slots[i] = slot;
        for (size_t j = 0; j < s->n; j++) {
            uint64_t here = 0;
            if (histogram_next(&s->batches[j].times, slot, &here) == slot)
                r->counts[j] += (double)here;
            r->up_to[i * r->batches + j] = r->counts[j];
        }
    }
    histogram_release(&all);
}

static void ranks_release(struct ranks *r)
{
    free(r->slots);
    free(r->up_to);
}

/* Each batch that often. */
static double sum(const double *of, const double *weights, size_t n)
{
    double all = 0;
    for (size_t j = 0; j < n; j++)
        all += of[j] * weights[j];
    return all;
}

/* The place of the first slot by which the share has come. There are slots. */
static size_t place_of(const struct ranks *r, const double *weights, double share)
{
    double rank = ceil(share * sum(r->counts, weights, r->batches) - 1e-9);
    size_t low = 0, high = r->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sum(r->up_to + middle * r->batches, weights, r->batches) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct sums {
    double seconds[COMPARE_BATCHES], requests[COMPARE_BATCHES], failures[COMPARE_BATCHES];
};

/* The figure on its scale, of batches that count that often; NAN: there is none. */
static double figure_of(const struct sums *s, const struct ranks *r, const double *weights,
                        enum compare_figure figure)
{
    double requests = sum(s->requests, weights, r->batches);
    if (figure == COMPARE_FAILURES)
        return requests > 0 ? sum(s->failures, weights, r->batches) / requests : NAN;
    if (figure == COMPARE_RATE) {
        double seconds = sum(s->seconds, weights, r->batches);
        return requests > 0 && seconds > 0 ? log(requests / seconds) : NAN;
    }
    if (!(sum(r->counts, weights, r->batches) > 0))
        return NAN;
    double ms = histogram_slot_mid_ms(r->slots[place_of(r, weights, shares[figure])]);
    return log(fmax(ms, 0.001));
}

/* How far each batch is from what all of them say. */
static void add_correlation(struct compare_estimate *e, const struct sums *s, const struct ranks *r,
                            const double *once, enum compare_figure figure)
{
    double apart[COMPARE_BATCHES], mean = 0;
    size_t place = is_time(figure) ? place_of(r, once, shares[figure]) : 0;
    for (size_t j = 0; j < r->batches; j++) {
        if (is_time(figure))
            apart[j] = r->up_to[place * r->batches + j] - shares[figure] * r->counts[j];
        else if (figure == COMPARE_RATE)
            apart[j] = s->requests[j] - exp(e->at) * s->seconds[j];
        else
            apart[j] = s->failures[j] - e->at * s->requests[j];
        mean += apart[j] / (double)r->batches;
    }
    for (size_t j = 0; j < r->batches; j++) {
        e->square += (apart[j] - mean) * (apart[j] - mean);
        if (j > 0)
            e->lag += (apart[j] - mean) * (apart[j - 1] - mean);
    }
}

/* What the draws can't know: what is between two slots of a histogram, and that what never came among
 * so many may yet come (Agresti and Caffo, 2000). */
static double least_variance(enum compare_figure figure, double requests, double failures)
{
    if (is_time(figure))
        return SLOT_WIDTH * SLOT_WIDTH;
    if (figure == COMPARE_RATE)
        return 1 / (requests * requests);
    double share = fmin((failures + 1) / (requests + 2), 0.5);
    return share * (1 - share) / (requests + 2);
}

static bool has_enough(const struct ranks *r, double requests, enum compare_figure figure,
                       const double *once)
{
    if (r->batches < COMPARE_BATCHES_LEAST)
        return false;
    if (!is_time(figure))
        return requests >= REQUESTS_LEAST;
    return sum(r->counts, once, r->batches) * (1 - shares[figure]) >= BEYOND_LEAST - 1e-9;
}

static void add_draws(const struct sums *s, const struct ranks *r, uint64_t seed, uint64_t stream,
                      struct compare_estimate estimates[COMPARE_FIGURES])
{
    double means[COMPARE_FIGURES] = {0}, squares[COMPARE_FIGURES] = {0};
    size_t counts[COMPARE_FIGURES] = {0};
    struct rng rng;
    rng_init(&rng, seed, stream);
    for (size_t i = 0; i < DRAWS; i++) {
        double weights[COMPARE_BATCHES] = {0};
        for (size_t j = 0; j < r->batches; j++)
            weights[rng_below(&rng, r->batches)]++;
        for (int f = 0; f < COMPARE_FIGURES; f++) {
            double x = estimates[f].is_enough ? figure_of(s, r, weights, f) : NAN;
            if (isnan(x))
                continue;
            double before = x - means[f]; // Welford's sums
            means[f] += before / (double)++counts[f];
            squares[f] += before * (x - means[f]);
        }
    }
    for (int f = 0; f < COMPARE_FIGURES; f++) {
        // Batches that are drawn vary less than those that there could have been.
        double n = (double)r->batches;
        if (counts[f] > 1)
            estimates[f].variance = squares[f] / (double)(counts[f] - 1) * n / (n - 1);
    }
}

void compare_estimate(const struct compare_sample *s, uint64_t seed, uint64_t stream,
                      struct compare_estimate estimates[COMPARE_FIGURES])
{
    struct ranks ranks;
    struct sums sums = {{0}, {0}, {0}};
    double once[COMPARE_BATCHES];
    for (size_t j = 0; j < COMPARE_BATCHES; j++)
        once[j] = 1;
    for (size_t j = 0; j < s->n; j++) {
        sums.seconds[j] = s->batches[j].seconds;
        sums.requests[j] = (double)s->batches[j].requests;
        sums.failures[j] = (double)s->batches[j].failures;
    }
    ranks_init(&ranks, s);
    double requests = sum(sums.requests, once, s->n), failures = sum(sums.failures, once, s->n);
    for (int f = 0; f < COMPARE_FIGURES; f++) {
        struct compare_estimate *e = &estimates[f];
        double at = figure_of(&sums, &ranks, once, f);
        *e = (struct compare_estimate){.batches = s->n};
        e->value = f == COMPARE_FAILURES ? at : exp(at); // NAN stays that
        e->is_enough = !isnan(at) && has_enough(&ranks, requests, f, once);
        if (!e->is_enough)
            continue;
        e->at = at;
        add_correlation(e, &sums, &ranks, once, f);
    }
    add_draws(&sums, &ranks, seed, stream, estimates);
    for (int f = 0; f < COMPARE_FIGURES; f++)
        estimates[f].variance = fmax(estimates[f].variance, least_variance(f, requests, failures));
    ranks_release(&ranks);
}

double compare_correlation(const struct compare_estimate *const *estimates, size_t n)
{
    double lag = 0, square = 0, batches = 0;
    for (size_t i = 0; i < n; i++) {
        lag += estimates[i]->lag;
        square += estimates[i]->square;
        batches += (double)estimates[i]->batches / (double)n;
    }
    if (!(square > 0))
        return 0;
    // Of m neighbours without any, what is measured is 1/m too low; of correlated ones, more. And half
    // of its own standard error is added, since too little makes false alarms.
    double corrected =
        (lag / square + 1 / batches) / fmax(1 - 3 / batches, 0.5) + 0.5 / sqrt(batches * (double)n);
    return fmin(fmax(corrected, 0), CORRELATION_MOST);
}

double compare_variance(const struct compare_estimate *e, double correlation)
{
    return e->variance * (1 + correlation) / (1 - correlation);
}

double compare_freedom(const struct compare_estimate *e, double correlation)
{
    double square = correlation * correlation;
    return fmax(((double)e->batches - 1) * (1 - square) / (1 + square), 1);
}
