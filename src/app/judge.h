/* judge -- the thresholds of a run, from its options to their rows. */
// SPDX-License-Identifier: MIT
#ifndef APP_JUDGE_H
#define APP_JUDGE_H

#include "app/options.h"
#include "base/err.h"
#include "run/runner.h"
#include "run/threshold_row.h"
#include "run/thresholds.h"
#include "run/usage.h"

#include <stddef.h>

/* Adds those of the options to those of the scripts. */
int judge_add_options(struct thresholds *all, const struct options *o, struct err *err) ERR_CHECKED;

/* The run is watched from now on; all are borrowed for the life of the thresholds. */
void judge_watch(struct thresholds *all, const struct options *o, struct hooks *hooks,
                 const struct stats *stats, const struct usage *usage, struct runner *runner);

/* The rows of a run that is over, which the caller frees; all may be NULL, then they are, too. How many were crossed or could not be judged
 * is said in the log. */
struct threshold_row *judge_run(const struct thresholds *all, const struct options *o,
                                const struct runner *runner, const struct usage *usage,
                                const struct stats *stats);

/* Whether a signal ended a run that would have ended by itself. */
bool judge_is_cut_short(const struct runner *runner);

/* How many rows have this verdict. */
size_t judge_count(const struct threshold_row *rows, size_t n, enum threshold_verdict verdict);

#endif
