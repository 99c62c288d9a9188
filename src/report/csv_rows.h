/*
 * csv_rows -- what stands in Locust's CSV files: its headers, its columns, its dialect (CRLF, minimal
 * quoting), with headers. And in one of our own, of checks and metrics, in that dialect.
 *
 * The history holds current values: rates and percentiles of the last ten seconds, N/A where no
 * response came in them. Its "Total" columns are of the whole run.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CSV_ROWS_H
#define REPORT_CSV_ROWS_H

#include "base/buf.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>

void csv_add_stats(struct buf *out, const struct stats *s);
void csv_add_history_header(struct buf *out);
/* The rows of one second: the total's; with `full`, those of all entries before it. */
void csv_add_history(struct buf *out, const struct stats *s, size_t users, bool full, double now_s);
/* The total's row of a second that is known by its sample alone: what that doesn't hold is N/A. */
void csv_add_history_sample(struct buf *out, const struct history_sample *sample);
void csv_add_failures(struct buf *out, const struct stats *s);
void csv_add_exceptions(struct buf *out, const struct stats *s);
/* Those that have a value; fields that a kind has not are empty. */
void csv_add_metrics(struct buf *out, const struct stats *s);

#endif
