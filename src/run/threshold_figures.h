/*
 * threshold_figures -- what was measured of that which a threshold is of.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_FIGURES_H
#define RUN_THRESHOLD_FIGURES_H

#include "base/str.h"
#include "run/threshold_text.h"
#include "stats/histogram.h"
#include "stats/metric.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* The figures of what a threshold is of. */
struct threshold_figures {
    bool is_part;                  /* of a part of a run: none in it is a count of 0 */
    bool has_matched;              /* there is something of that name */
    const struct histogram *times; /* borrowed: of the statistics, or `merged` */
    struct histogram merged;       /* of several entries */
    uint64_t requests, failures, exceptions, checks, passes;
    uint64_t left_out;  /* requests that may be of it, but are counted under STATS_OTHER_NAME */
    double seconds;     /* that rates of requests are of */
    double all_seconds; /* that rates of metrics are of */
    const struct metric *metric; /* borrowed: a metric of the script that it is of; NULL: none */
};

/* All zero is an empty one; what was there is forgotten. Several entries that match are one: their
 * counts and histograms are added. Transactions are judged where no request matches, a trend of the
 * script where no transaction does either. */
void threshold_collect(struct threshold_figures *f, const struct threshold *t,
                       const struct stats *s);
void threshold_figures_release(struct threshold_figures *f);

/* Whether a threshold that has an entry is of this one: by its name, or by method and name. */
bool threshold_is_of(const struct threshold *t, const struct entry *e);
/* Whether the text fits the pattern, whose "*" stands for any number of characters. */
bool threshold_matches(struct str pattern, struct str text);

#endif
