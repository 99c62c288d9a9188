/*
 * console_metrics -- the tables of checks and of metrics on standard output.
 *
 * Locust has neither: they stand below the percentiles, and only where a script counted any.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CONSOLE_METRICS_H
#define REPORT_CONSOLE_METRICS_H

#include "base/buf.h"
#include "report/style.h"
#include "stats/stats.h"

/* By name how often each check passed and failed, and all of them together; nothing if none. */
void console_add_checks(struct buf *out, const struct stats *s, const struct style *style);
/* Counters, gauges, trends and rates by name, each with what its kind has; nothing if none. */
void console_add_metrics(struct buf *out, const struct stats *s, const struct style *style);

#endif
