/*
 * view -- rows and columns as every report shows them: their names, their order, their rounding.
 *
 * Times that were measured one by one (average, minimum, maximum) are exact. What comes out of a
 * histogram (median, percentiles) has three significant digits, in every report the same ones, and
 * more where these would be beyond the minimum or the maximum.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "base/buf.h"
#include "base/str.h"
#include "stats/stats.h"

#define VIEW_PERCENTILES 11
extern const double view_percentiles[VIEW_PERCENTILES];            /* 0.50 ... 1.0 */
extern const char *const view_percentile_labels[VIEW_PERCENTILES]; /* "50%" ... "99.99%", "100%" */

#define VIEW_TOTAL_NAME "Aggregated"

/* The name shown: of the total "Aggregated". */
const char *view_name(const struct entry *e);

/* Milliseconds, to three significant digits; all 0 where there are no times. The first of the
 * percentiles is the median. */
double view_median(const struct entry *e);
void view_percentile_values(const struct histogram *times, double values[VIEW_PERCENTILES]);
/* The same at other shares, which ascend; `values` has room for n. */
void view_percentile_values_at(const struct histogram *times, const double *shares, size_t n,
                               double *values);

/* A time whose extremes are not known, to three significant digits. */
double view_rounded(double ms);

/* Milliseconds as tables show them, right-aligned: whole from 10 ms on, with decimals below (1.98,
 * 0.35, 0.042), for there a millisecond is much. */
void view_add_time(struct buf *out, double ms, int width);

/* A time as files hold it: the shortest decimal (1.98, 152, 12300). */
void view_add_rounded(struct buf *out, double ms);

/* A metric's value as every report shows it: whole numbers as they are, others to three significant
 * digits or to a whole number, whichever is more (0.00123, 12.3, 123457). Never -0. */
double view_value(double value);
void view_add_value(struct buf *out, double value);
/* A share of 0..1 as tables show it: 66.67%. */
void view_add_ratio(struct buf *out, double ratio);

/* Foreign text as files hold it: what is not UTF-8 as \xNN, NUL as \x00, a carriage return that ends
 * no line as \r. */
void view_add_text(struct buf *out, struct str text);

/* "METHOD NAME: TEXT", without the CatchResponseError('...') around a script's own text. Foreign
 * still. */
void view_add_failure(struct buf *out, const struct failure *f);

#endif
