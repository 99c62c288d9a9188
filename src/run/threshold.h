/*
 * threshold -- a threshold judged: what it asks, held against what was measured.
 *
 * Judged are figures, whoever has them: the statistics of a run that is over, of one that goes on, of
 * one that was read from a file, or of a window. "Not judged" is neither passed nor crossed: there was
 * nothing to judge, too little of it, or our own part in it was too large.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLD_H
#define RUN_THRESHOLD_H

#include "base/buf.h"
#include "run/threshold_figures.h"
#include "run/threshold_row.h"
#include "run/threshold_text.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

/* What keeps thresholds from being judged, whatever their figures are. */
struct threshold_doubts {
    double lag_ms;                     /* p99 of our own loop's lag; 0: none */
    bool allow_saturated;              /* judge in spite of lag */
    uint64_t no_descriptors, no_ports; /* requests that failed for want of these */
    bool is_cut_short;                 /* a signal ended the run before its time */
};

/* Whether something keeps any threshold from being judged, and what. */
bool threshold_is_in_doubt(const struct threshold_doubts *d, struct buf *reason);

/* Whether the custom metric that it is of is there, and has such a figure. The error names the nearest. */
int threshold_check_metric(const struct threshold *t, const struct metrics *m,
                           struct err *err) ERR_CHECKED;

/* The verdict, and the value that it is of (NAN: there is none). Where it is not judged, `reason` is
 * added to (it may be NULL). */
enum threshold_verdict threshold_judge(const struct threshold *t, const struct threshold_figures *f,
                                       const struct threshold_doubts *doubts, double *value,
                                       struct buf *reason);

/* A row that has no verdict yet. */
struct threshold_row threshold_row_of(const struct threshold *t);
/* Puts verdict, value and reason into such a row; the reason is then empty. */
void threshold_row_fill(struct threshold_row *row, const struct threshold *t,
                        enum threshold_verdict verdict, double value, struct buf *reason);

/* Value and verdict over the whole of these statistics. The row is the caller's. */
struct threshold_row threshold_row_judge(const struct threshold *t, const struct stats *s,
                                         const struct threshold_doubts *doubts);

/* "312 ms", "1.25%", "98.4/s", "12": with the digits that tables show, and more where those alone would
 * say something else of it and the limit. */
void threshold_add_value(struct buf *out, const struct threshold *t, double value);

#endif
