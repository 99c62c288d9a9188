/*
 * compare_sample -- what one run says of one name, and how sure it is of that.
 *
 * The run is cut into at most twenty pieces of time, its batches (Schmeiser, "Batch size effects in
 * the analysis of simulation output", 1982). How much a figure would be another in another run of the
 * same length is found by drawing as many batches, with replacement, many times over (Efron, 1979),
 * so that nothing is assumed of how response times are spread. What neighbouring batches have in
 * common is no news: the variance grows by their correlation (effective sample size; Bayley and
 * Hammersley, 1946), which is itself corrected for being estimated from few (Kendall, 1954).
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_COMPARE_SAMPLE_H
#define REPORT_COMPARE_SAMPLE_H

#include "stats/histogram.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COMPARE_BATCHES 20
#define COMPARE_BATCHES_LEAST 3 /* fewer say nothing of each other */

enum compare_figure {
    COMPARE_RATE, /* requests a second */
    COMPARE_P50,
    COMPARE_P95,
    COMPARE_P99,
    COMPARE_FAILURES, /* share of the requests */
    COMPARE_FIGURES
};

struct compare_batch {
    double seconds;
    uint64_t requests, failures;
    struct histogram times;
};

/* One name in one run. */
struct compare_sample {
    struct compare_batch batches[COMPARE_BATCHES];
    size_t n;
};

void compare_sample_release(struct compare_sample *s);

/* The scale on which differences are looked at: the logarithm, so that they are relative; of failures
 * the share itself. */
struct compare_estimate {
    double value;    /* requests a second, ms, share; NAN: none */
    bool is_enough;  /* there are enough batches and requests; else nothing below is there */
    double at;       /* the value on its scale */
    double variance; /* of `at`, as if batches knew nothing of each other */
    size_t batches;
    double lag, square; /* sums that the correlation of neighbours is made of */
};

/* The draws are those of `seed` and `stream`. */
void compare_estimate(const struct compare_sample *s, uint64_t seed, uint64_t stream,
                      struct compare_estimate estimates[COMPARE_FIGURES]);

/* The correlation of neighbouring batches, of several runs of a figure, 0..0.8. */
double compare_correlation(const struct compare_estimate *const *estimates, size_t n);
/* The variance and its degrees of freedom, neighbours so correlated. */
double compare_variance(const struct compare_estimate *e, double correlation);
double compare_freedom(const struct compare_estimate *e, double correlation);

#endif
