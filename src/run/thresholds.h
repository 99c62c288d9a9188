/*
 * thresholds -- all that a run is to hold, wherever they were given; and who ends the run where one
 * that aborts is crossed.
 */
// SPDX-License-Identifier: MIT
#ifndef RUN_THRESHOLDS_H
#define RUN_THRESHOLDS_H

#include "base/err.h"
#include "base/str.h"
#include "run/hooks.h"
#include "run/runner.h"
#include "run/threshold.h"
#include "run/usage.h"
#include "stats/stats.h"

#include <stdbool.h>
#include <stddef.h>

struct thresholds;

struct thresholds *thresholds_new(void);
void thresholds_free(struct thresholds *all); /* NULL is fine */

/* One more; the same text twice is one. -1: it says what is wrong with it. */
int thresholds_add(struct thresholds *all, struct str text, struct err *err) ERR_CHECKED;
size_t thresholds_count(const struct thresholds *all);
/* Whether one of them is on exceptions: then they alone judge these. */
bool thresholds_have_exceptions(const struct thresholds *all);
/* Whether all custom metrics that they name are there. */
int thresholds_check_metrics(const struct thresholds *all, const struct metrics *m,
                             struct err *err) ERR_CHECKED;

/* Where a run is looked at. All borrowed for the life of the thresholds. */
struct thresholds_watch {
    struct hooks *hooks;
    const struct stats *stats;
    const struct usage *usage;
    struct runner *runner;
    bool allow_saturated;
};

/* From now on: once a second those that abort. Costs nothing where none does. */
void thresholds_watch(struct thresholds *all, const struct thresholds_watch *watch);

/* What became of them, in the order in which they were given; the caller frees them
 * (threshold_rows_free). `watched`: it is the run that was watched, and so what ended it stays crossed. */
struct threshold_row *thresholds_judge(const struct thresholds *all, const struct stats *s,
                                       const struct threshold_doubts *doubts, bool watched);

#endif
