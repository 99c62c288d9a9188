/*
 * result_merge -- several results as one: of a load that came from several machines, or in several runs.
 *
 * Exact: counts, histograms, seconds, failures, exceptions and metrics are added up. What cannot be
 * added is said in the notes: other scripts, other versions.
 */
// SPDX-License-Identifier: MIT
#ifndef REPORT_RESULT_MERGE_H
#define REPORT_RESULT_MERGE_H

#include "base/err.h"
#include "report/result.h"

/* Adds `from` to `into`, whose statistics are its own. Thresholds are those of `into`, then those of
 * `from` that are new, none of them judged; the exit code is that which counts first. -1 where a
 * metric is of another kind there; then `into` is of no use any more. */
int result_merge(struct result *into, const struct result *from, struct err *err) ERR_CHECKED;

#endif
