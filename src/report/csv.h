/*
 * csv -- Locust's four files: PREFIX_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv
 * (csv_rows: what stands in them); and _metrics.csv, of checks and metrics, where there are any.
 *
 * Each second the history is appended to in whole lines, and the others are replaced whole;
 * with thousands of names they are replaced less often, for that is work in the loop that measures
 * (csv_interval_s). A file that can't be written is said once; the history ends there, the others
 * are tried again with the next round, the last time at the end.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/err.h"
#include "report/csv_rows.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

#include <stdbool.h>

struct csv;

/* Makes the folders and the files, with their headers; NULL where one can't be written. All are
 * borrowed until csv_free, but for the prefix. With full_history the statistics must keep the
 * entries' current times. */
struct csv *csv_new(const char *prefix, bool full_history, struct stats *s, struct runner *r,
                    struct hooks *hooks, struct err *err);
/* Writes the last state and closes. False where a file is incomplete; it has been logged which. */
bool csv_finish(struct csv *c);
/* After it the hooks may fire no HOOK_TEST_START and no HOOK_SECOND any more. */
void csv_free(struct csv *c);

/* The files of a run that is over and known by its statistics alone (a result that was read), its
 * history by its samples. */
int csv_write(const char *prefix, const struct stats *s, struct err *err) ERR_CHECKED;

/* Seconds from one replacing to the next. */
unsigned csv_interval_s(size_t n_entries);

#endif
