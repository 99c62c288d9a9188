/*
 * csv -- Locust's four files: PREFIX_stats.csv, _stats_history.csv, _failures.csv, _exceptions.csv;
 * its headers, its columns, its dialect (CRLF, minimal quoting).
 *
 * Each second the history is appended to in whole lines, and the other three are replaced whole. A
 * file that can't be written any more is left out from then on, and said once.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "stats/stats.h"

#include <stdbool.h>

struct csv;

/* Makes the folders and the files. All are borrowed. */
struct csv *csv_new(const char *prefix, bool full_history, struct stats *s, struct runner *r,
                    struct hooks *hooks, struct err *err);
/* Writes the last state and closes. False where a file is incomplete; it has been logged which. */
bool csv_finish(struct csv *c);
void csv_free(struct csv *c);

void csv_add_stats(struct buf *out, const struct stats *s);
void csv_add_history_header(struct buf *out);
void csv_add_history(struct buf *out, const struct stats *s, size_t users, bool full, double now_s);
void csv_add_failures(struct buf *out, const struct stats *s);
void csv_add_exceptions(struct buf *out, const struct stats *s);

#endif
