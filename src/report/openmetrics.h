/*
 * openmetrics -- the statistics as OpenMetrics text: for Prometheus, and for the metrics that GitLab
 * shows in a merge request.
 *
 * Figures are those of the whole run so far, by method and name, in base units (seconds, bytes).
 * There is no sum over all of them but for the percentiles, which can't be had from those of the names:
 * its method is empty and its name VIEW_TOTAL_NAME. Foreign text stands in labels alone, in UTF-8, so
 * that none of it begins a line.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_OPENMETRICS_H
#define REPORT_OPENMETRICS_H

#include "base/buf.h"
#include "base/str.h"
#include "report/result.h"
#include "report/snapshot.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stdint.h>

#define OPENMETRICS_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

struct openmetrics_at {
    uint64_t users; /* who are there */
    bool is_over; /* a state to be looked at: rates of the whole run, and no buckets of times, which
                   * are for those who keep series and add them up */
};

/* All families but the end mark: who has others of his own adds them behind. */
void openmetrics_add_snapshot(struct buf *out, const struct snapshot *s,
                              const struct openmetrics_at *at);
/* The same of the statistics as they are now. */
void openmetrics_add(struct buf *out, const struct stats *s, const struct openmetrics_at *at);
/* "# EOF": nothing may follow it. */
void openmetrics_end(struct buf *out);

/* A run that is over, as a file of its own: with the end mark. */
void openmetrics_add_result(struct buf *out, const struct result *r);

/* The lines that open a family: `type` is counter, gauge, histogram or summary; `unit` ("seconds") is also the
 * end of its name, NULL where there is none. The help is one line, without quotes and backslashes. */
void openmetrics_add_family(struct buf *out, const char *name, const char *type, const char *unit,
                            const char *help);
/* A sample without labels. */
void openmetrics_add_sample(struct buf *out, const char *name, double value);
/* `label="text"`, whatever stands in the text. */
void openmetrics_add_label(struct buf *out, const char *label, struct str text);
/* A number as it stands behind a name: whole ones without a point. */
void openmetrics_add_number(struct buf *out, double value);

#endif
