/*
 * view -- rows and columns as every report shows them: their names, their order, their rounding.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "base/buf.h"
#include "stats/stats.h"

#include <stddef.h>

#define VIEW_PERCENTILES 11
extern const double view_percentiles[VIEW_PERCENTILES];            /* 0.50 ... 1.0 */
extern const char *const view_percentile_labels[VIEW_PERCENTILES]; /* "50%" ... "99.99%", "100%" */

#define VIEW_TOTAL_NAME "Aggregated"

/* The name shown: of the total "Aggregated". */
const char *view_name(const struct entry *e);
/* "METHOD NAME: TEXT", without the CatchResponseError('...') around a script's own text. */
void view_add_failure(struct buf *out, const struct failure *f);

#endif
